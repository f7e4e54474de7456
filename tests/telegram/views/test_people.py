"""What of people is shown, whatever they are called."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given

from gub.domain.limits import ALERT_UNITS, CALLBACK_BYTES
from gub.domain.splitting import utf16_length
from gub.domain.values import Account, KnownUser, Platform, StatusUser, Visibility
from gub.telegram.dialogs.draft import Draft
from gub.telegram.showing import View, messages_of
from gub.telegram.views import adding, dialogs, editing, people
from gub.telegram.views.people import Names
from gub.telegram.views.places import Place, Viewer, not_yours
from tests.telegram.views.support import entities_of, names, text_of

KEEPER, PERSON, ADMIN, STRANGER = 2**52, 2**52 - 1, 3, 4
ID, DIALOG = "f" * 24, "f" * 10
IN_GROUP = Place(-(2**52), "gub_bot", opener=2**52, page=62)
IN_PRIVATE = Place(-(2**52), "gub_bot", title="Squad")


def somebody(name: str, account: str = "secret", **more: object) -> StatusUser:
    accounts = {platform: Account(platform, "1", account) for platform in Platform}
    return StatusUser(ID, -(2**52), KEEPER, name, accounts, "Old", **more)  # type: ignore[arg-type]


def public_views(name: str, other: str) -> Iterator[View]:
    """Everything that a group may get to read."""
    for person in (somebody(name), somebody(name, person_id=PERSON, visibility=Visibility.HIDDEN)):
        for viewer in (Viewer(KEEPER), Viewer(PERSON), Viewer(ADMIN, is_admin=True), Viewer(STRANGER)):
            yield people.card(person, IN_GROUP, viewer, Names(other, other if person.person_id else None))
            if viewer.user_id in (ADMIN, STRANGER):
                yield people.card(person, IN_PRIVATE, viewer, Names(other))
        yield people.people_list([person] * 20, IN_GROUP)
        yield people.visibility_menu(person, IN_GROUP, 1)
        yield people.delete_question(person, IN_GROUP)
        yield people.deleted(person, IN_GROUP, other)
        yield adding.added(person)
        yield adding.added(person, told_in_private=other)
        yield adding.announced(person, other)
        yield adding.asked_in_group(person, KnownUser(PERSON, other))
        yield adding.asked_in_group(person, KnownUser(PERSON, other), ping=False)
        yield adding.asked_in_private(person, other, other)
        yield adding.claimed(person, other)
        yield from (adding.fine(person), adding.hidden(person), adding.withdrawn(person), adding.done(person, other))


def private_views(name: str, account: str, title: str) -> Iterator[View]:
    person, place = somebody(name, account), replace(IN_PRIVATE, title=title)
    found = person.accounts[Platform.XBOX]
    yield people.card(person, place, Viewer(KEEPER), Names(name, name))
    yield editing.edit_menu(person, place, tuple(Platform))
    yield editing.renamed(person, editing.edit_menu(person, place, tuple(Platform)))
    yield editing.ask_name(person, DIALOG, "name", adding.found(found))
    yield editing.ask_confirm(person, found, DIALOG, "confirm")
    yield from (editing.ask_account(person, platform, DIALOG) for platform in Platform)
    draft = Draft(ID, -5, tuple(Platform))
    yield adding.prompt(draft, DIALOG, title)
    draft = draft.named(name)
    for platform in Platform:
        yield adding.prompt(draft, DIALOG, title, adding.found(found))
        draft = draft.answered(platform, person.accounts[platform])
    yield adding.prompt(draft, DIALOG, title, None, adding.needs_one())


@given(names, names)
def test_hostile_names_come_through_and_ping_nobody_but_who_is_asked(name: str, other: str):
    for view in (*public_views(name, other), *private_views(name, other, other)):
        entities = list(entities_of(view))
        assert {entity.type for entity, _ in entities} <= {"bold", "code", "italic", "text_mention"}
        assert {entity.user.id for entity, _ in entities if entity.user} <= {PERSON}
        assert messages_of(view) == 1
        for row in view.keyboard.inline_keyboard if view.keyboard else ():
            assert all(len((button.callback_data or "").encode()) <= CALLBACK_BYTES for button in row)
            assert all(button.text.strip() for button in row)


def test_what_a_group_reads_names_no_account():
    for view in public_views("Zed", "Ann"):
        assert "secret" not in text_of(view)
        assert "secret" not in "".join(
            b.text for row in (view.keyboard.inline_keyboard if view.keyboard else ()) for b in row
        )


@given(names)
def test_what_answers_a_tap_fits(name: str):
    person = somebody(name)
    for text in (
        not_yours("/people"),
        people.claimed_toast(person),
        people.unclaimed_toast(person),
        people.visibility_toast(person),
        editing.unlinked_toast(Platform.PSN),
        dialogs.over(),
        dialogs.answered_already(),
        adding.not_you(),
    ):
        assert 0 < utf16_length(text) <= ALERT_UNITS


@pytest.mark.parametrize(
    ("platforms", "told"),
    [("steam", "Steam"), ("xbox steam", "Xbox and Steam"), ("xbox psn steam", "Xbox, PlayStation and Steam")],
)
def test_platforms_are_told_as_people_say_them(platforms: str, told: str):
    accounts = {Platform(one): Account(Platform(one), "1", "x") for one in platforms.split()}
    person = StatusUser(ID, -1, 1, "Zed", accounts)
    assert text_of(adding.added(person)) == f"✅ Zed is on /status now, with {told}."


def test_labels_hold_the_words_that_people_look_for():
    person = somebody("Zed", person_id=KEEPER)
    shown = [
        *private_views("Zed", "x", "Squad"),
        people.delete_question(person, IN_PRIVATE),
        people.card(person, IN_PRIVATE, Viewer(KEEPER), Names("Ann")),
    ]
    labels = " ".join(
        b.text for view in shown for row in (view.keyboard.inline_keyboard if view.keyboard else ()) for b in row
    )
    for word in ("Confirm", "Cancel", "Skip", "Edit", "Delete"):
        assert word in labels
