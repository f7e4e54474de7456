"""What of invitations is shown, whoever is in them."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given

from gub.domain.limits import (
    ALERT_UNITS,
    CALLBACK_BYTES,
    DESCRIPTION_UNITS,
    INVITED_AT_ONCE,
    MENTIONS_PER_MESSAGE,
    MESSAGE_ENTITIES,
    NAME_UNITS,
)
from gub.domain.splitting import utf16_length
from gub.domain.values import Ended, Invitation, Joining, KnownUser, NotifyGroup
from gub.services.invitees import Candidate, LeftOut
from gub.telegram.showing import View, messages_of
from gub.telegram.views import invitations as views
from gub.telegram.views import inviting
from tests.telegram.views.support import entities_of, names, text_of

ID = "f" * 24
PINGING = {"mention", "text_mention"}


def group_of(name: str, description: str | None = None) -> NotifyGroup:
    return NotifyGroup(ID, -(2**52), 1, name, description, (1,), joining=Joining.INVITE)


def invitation_of(*entries: int | str, **more: object) -> Invitation:
    made = Invitation(ID, ID, entries, entries, group_name="Old", inviter_id=1)
    return replace(made, **more)  # type: ignore[arg-type]


def all_views(name: str) -> Iterator[View]:
    group, user = group_of(name, name), KnownUser(2, name, username="bea")
    users = {1: KnownUser(1, name), 2: user}
    candidates = (Candidate(2, user), Candidate("@somebody"), Candidate(3))
    left = LeftOut(candidates, candidates, candidates)
    yield views.left_out(left, group, nobody=False)
    yield views.left_out(left, group, nobody=True)
    yield from (
        views.usage(),
        views.whom(group_of(name[:NAME_UNITS]), "https://t.me/gub_bot?start=x"),
        View(views.further(group)),
    )
    yield inviting.ask(group, name, 2**31 - 1, inviting.nobody(left, group))
    yield inviting.invited(group, name, candidates, left)
    yield from (inviting.cannot_post(group), inviting.cancelled(), inviting.over())
    for ended in (None, *Ended):
        made = invitation_of(2, "@somebody", 3, accepted=(2,), declined=(3,), ended=ended)
        yield views.invitation_message(made, group, users, pings=False)
        yield views.invitation_message(made, None, {}, pings=False)


@given(names)
def test_any_name_can_be_shown_and_pings_nobody(name: str) -> None:
    for view in all_views(name):
        assert messages_of(view) == 1
        assert not PINGING & {entity.type for entity, _ in entities_of(view)}
        marks = [covered for entity, covered in entities_of(view) if entity.type == "code"]
        bare = text_of(view)
        for mark in sorted(marks, key=len, reverse=True):
            bare = bare.replace(mark, "")
        assert not re.search(r"@\w{3}", bare), "Telegram would make a mention of it"


@given(names)
def test_a_toast_fits(name: str) -> None:
    for toast in (views.accepted_toast(group_of(name)), views.declined_toast(group_of(name)), views.revoked_toast()):
        assert utf16_length(toast) <= ALERT_UNITS


def test_the_largest_is_one_message_and_pings_no_more_than_a_message_may() -> None:
    users = {number: KnownUser(number, "🎮" * 60, "🎮" * 60) for number in range(1, INVITED_AT_ONCE + 1)}
    strangers = (f"@{'x' * 30}{number}" for number in range(INVITED_AT_ONCE))
    for entries in (tuple(users), tuple(strangers)):
        made = invitation_of(*entries)
        view = views.invitation_message(made, group_of("🎮" * 32, "@x " * (DESCRIPTION_UNITS // 3)), users, pings=True)
        assert messages_of(view) == 1
        assert len(list(entities_of(view))) <= MESSAGE_ENTITIES
        pings = [entity for entity, _ in entities_of(view) if entity.type == "text_mention"]
        codes = {covered for entity, covered in entities_of(view) if entity.type == "code"}
        bare = [one for one in entries if isinstance(one, str) and one not in codes]
        assert len(pings) + len(bare) == MENTIONS_PER_MESSAGE


def test_only_whom_the_message_pinged_stays_mentioned_as_others_answer() -> None:
    made = replace(invitation_of(*range(1, 9)), actively_invited=(2, 5, 7))
    view = views.invitation_message(made, group_of("Warzone"), {}, pings=True)
    mentioned = [entity.user.id for entity, _ in entities_of(view) if entity.user is not None]
    assert mentioned == [2, 5]


@pytest.mark.parametrize("ended", list(Ended))
def test_one_that_ended_has_no_buttons_and_says_why(ended: Ended) -> None:
    made = invitation_of(2, ended=ended)
    view = views.invitation_message(made, None, {}, pings=True)
    assert view.keyboard is None
    assert "Old" in text_of(view)
    assert "No answer: somebody" in text_of(view)


def test_buttons_carry_little_enough() -> None:
    for row in views.invitation_buttons(ID).inline_keyboard:
        for button in row:
            assert len((button.callback_data or "").encode()) <= CALLBACK_BYTES
