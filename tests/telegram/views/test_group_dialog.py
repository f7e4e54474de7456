"""What is asked of whoever makes or changes a group, whatever it is called."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given

from gub.domain.limits import ALERT_UNITS, CALLBACK_BYTES, NAME_CHARACTERS
from gub.domain.splitting import utf16_length
from gub.domain.values import Joining, NotifyGroup
from gub.telegram.dialogs.draft import NAME
from gub.telegram.dialogs.group_draft import DESCRIPTION, JOINING, GroupDraft
from gub.telegram.showing import View, messages_of
from gub.telegram.views import dialogs
from gub.telegram.views import group_dialog as views
from gub.telegram.views.parts import named
from tests.telegram.views.support import entities_of, names, text_of

ID, DIALOG = "f" * 24, "f" * 10
DRAFT = GroupDraft(ID, -(2**52))


def all_views(name: str, other: str) -> Iterator[View]:
    draft = DRAFT
    yield views.prompt(draft, DIALOG, other)
    yield views.prompt(draft.named(None, suggestion=name), DIALOG, None, named(other))
    yield views.prompt(draft.named(name), DIALOG, other, views.tap_one())
    yield views.prompt(draft.named(name).with_description(other), DIALOG, other)
    for joining in Joining:
        group = NotifyGroup(ID, -(2**52), 1, name, other or None, (1,), joining=joining)
        plain = replace(group, description=None)
        for one in (group, plain):
            yield from (views.done(one, other), views.done(one, None), views.ask_description(one, DIALOG))
            yield from (views.described(one), views.described_news(one, other), views.unchanged(one))
        yield from (views.ask_name(group, DIALOG, None), views.ask_name(group, DIALOG, other, named(name)))
        yield from (views.renamed(group), views.renamed_news(other, group, other))
    yield views.cancelled()


@given(names, names)
def test_hostile_names_come_through_and_ping_nobody(name: str, other: str):
    for view in all_views(name, other):
        assert {entity.type for entity, _ in entities_of(view)} <= {"bold", "code"}
        assert messages_of(view)
        for row in view.keyboard.inline_keyboard if view.keyboard else ():
            for button in row:
                assert len((button.callback_data or "").encode()) <= CALLBACK_BYTES
                assert button.text.strip()


@pytest.mark.parametrize("name", ["w" * NAME_CHARACTERS, "👩\u200d👩\u200d👧" * NAME_CHARACTERS, "a" + "\u0301" * 4])
def test_d24_a_suggestion_of_any_length_has_a_button(name: str):
    view = views.prompt(DRAFT.named(None, suggestion=name), DIALOG, "Squad")
    assert view.keyboard is not None
    use = view.keyboard.inline_keyboard[0][0]
    assert use.text.startswith("Use ")
    assert use.callback_data == f"d:{DIALOG}:name:use"


def test_what_is_asked_and_what_answers_it():
    asked = {
        NAME: (DRAFT, ["Cancel"]),
        DESCRIPTION: (DRAFT.named("War"), ["Skip", "Cancel"]),
        JOINING: (
            DRAFT.named("War").with_description(None),
            ["Anybody in the chat", "Only the invited", "Hidden", "Cancel"],
        ),
    }
    for step, (draft, labels) in asked.items():
        view = views.prompt(draft, DIALOG, "Squad")
        assert view.keyboard is not None
        buttons = [one for row in view.keyboard.inline_keyboard for one in row]
        assert [one.text for one in buttons] == labels
        assert all((one.callback_data or "").startswith(f"d:{DIALOG}:{step}:") for one in buttons)
    assert "in Squad" in text_of(views.prompt(DRAFT, DIALOG, "Squad"))


def test_late_taps_are_answered_in_short():
    for text in (dialogs.over(), dialogs.answered_already()):
        assert 0 < utf16_length(text) <= ALERT_UNITS
