import inspect
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from gub.domain import errors
from gub.domain.calls import Call
from gub.domain.languages import Language
from gub.domain.limits import ALERT_UNITS, CALLBACK_BYTES
from gub.domain.mutes import MuteFor
from gub.domain.splitting import utf16_length
from gub.domain.values import Account, Ended, Joining, KnownUser, NotifyGroup, Platform, StatusUser
from gub.telegram.showing import View
from gub.telegram.views import adding, calls, farewells, general, groups
from gub.telegram.views import errors as error_views
from gub.telegram.views.clocks import Clocks
from gub.telegram.views.farewells import News
from gub.telegram.views.help import Page, Reader, help_page
from gub.telegram.views.keyboards import group_buttons, refresh_button
from gub.telegram.views.menu import menus, owner_menu
from tests.telegram.views.support import HOSTILE, entities_of, names, text_of


def group(name: str = "Warzone", description: str | None = None, members: tuple[int, ...] = (1,)) -> NotifyGroup:
    return NotifyGroup("0123456789abcdef01234567", -1, 1, name, description, members, joining=Joining.OPEN)


NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)


def call(name: str = "Warzone", **more: Any) -> Call:
    named = {"coming": (1, 2), "cant": (3,), "muted": (4,), "away": (5,), "late": {2: NOW}} | more
    return Call("0" * 24, -1, "1" * 24, name, 1, NOW, NOW, message_id=9, called=(2,), wanted=1, **named)


ERRORS = [
    errors.BadName("white_space", "war_zone"),
    errors.BadName("too_long"),
    errors.BadName("another"),
    errors.BadDescription(),
    *(errors.NameTaken(name) for name in HOSTILE),
    errors.GroupNotFound(),
    *(errors.GroupNotFound(name) for name in HOSTILE),
    errors.NotAMember("W", joinable=True),
    errors.NotAMember("W", joinable=False),
    errors.InviteOnly("W"),
    errors.CallOver(),
    errors.OnlyCaller(),
    errors.LimitReached(500),
    errors.TooSoon("W", 42),
    errors.AskedTooOften(240),
    errors.NobodyToCall("W"),
    errors.NobodyToCall("W", muted=True),
    errors.NobodyToCall("W", asleep=True),
    errors.ManyToCall("0" * 24, "W", 42),
    *(errors.OnlyCreator("W", "Ann", action) for action in ("edit", "invite", "revoke", "delete", "hand_over")),
    errors.NotAmongMembers("W"),
    *(errors.InvitationOver(why) for why in (None, *Ended)),
    errors.NotInvited(),
    errors.AlreadyAnswered(accepted=True, name="W"),
    errors.AlreadyAnswered(accepted=False, name="W"),
    errors.TooManyAtOnce(50),
    errors.AccountNotFound("steam", "secret"),
    errors.AccountTextInvalid("psn", "secret"),
    errors.AccountsMissing("Ann"),
    errors.PersonNotFound(),
    *(errors.NotAllowed(action) for action in ("edit", "delete", "show", "unclaim", "allow", "another")),
    errors.AlreadyClaimed(),
    errors.LastAccount(),
    errors.CredentialInvalid("psn"),
    errors.AnnouncementOver(),
    *(errors.AdminsOnly(action) for action in ("create", "call", "add")),
    *(
        errors.PlatformTrouble("xbox", reason)
        for reason in (
            "not_connected",
            "no_credential",
            "credential_dead",
            "unavailable",
            "rate_limited",
            "private",
            "new",
        )
    ),
]


@pytest.mark.parametrize(
    ("platform", "words"), [("xbox", "an Xbox account"), ("psn", "a PlayStation account"), ("steam", "a Steam account")]
)
def test_what_cannot_be_an_account_is_said_in_good_english(platform: str, words: str) -> None:
    assert (
        f"can't be {words}." in error_views.explain(errors.AccountTextInvalid(platform, "secret")).as_kwargs()["text"]
    )


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: f"{type(error).__name__}{error.args}"[:40])
def test_every_error_has_a_text_that_fits_an_alert(error: errors.DomainError):
    view = View([error_views.explain(error)])
    text = text_of(view)
    assert 10 < utf16_length(text) <= ALERT_UNITS
    assert "secret" not in text
    assert text != "That can't be done."
    assert list(entities_of(view)) is not None


@pytest.mark.parametrize(
    ("seconds", "told"), [(1, "1 second"), (2, "2 seconds"), (90, "90 seconds"), (91, "2 minutes"), (300, "5 minutes")]
)
def test_a_wait_is_told_as_people_count_it(seconds: int, told: str):
    assert text_of(View([error_views.explain(errors.TooSoon("W", seconds))])).endswith(f" {told}.")


def test_no_error_of_the_domain_is_forgotten():
    kinds = {kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.DomainError)}
    assert kinds - {errors.DomainError} == {type(error) for error in ERRORS}
    assert text_of(View([error_views.explain(errors.DomainError())])) == "That can't be done."


@pytest.mark.parametrize(
    "text",
    [
        error_views.memory_is_away(),
        error_views.refused_by_telegram(),
        error_views.unexpected("abc123"),
        general.stale_button(),
        general.not_in_chat(),
        general.not_in_chat(untold=True),
        general.memory_is_slow(),
        general.memory_is_slow_for_a_tap(),
        groups.joined_toast(group("x" * 500), changed=True),
        groups.left_toast(group("🎮" * 500), changed=False),
        *(groups.muted_toast(group("x" * 500), mute_for) for mute_for in MuteFor),
        groups.no_member_to_mute(group("🎮" * 500)),
    ],
)
def test_what_answers_a_tap_fits(text: str):
    assert 0 < utf16_length(text) <= ALERT_UNITS


def test_d24_buttons_are_small_whatever_the_names():
    for keyboard in (group_buttons("f" * 24), refresh_button(99, 2**52)):
        for row in keyboard.inline_keyboard:
            assert all(len((button.callback_data or "").encode()) <= CALLBACK_BYTES for button in row)


def test_labels_hold_the_words_that_people_look_for():
    labels = [button.text for row in group_buttons("f" * 24).inline_keyboard for button in row]
    assert labels == ["Join", "Leave"]
    assert "Refresh" in refresh_button(1).inline_keyboard[0][0].text


@given(names, names)
def test_hostile_names_come_through_as_text(name: str, caller: str):
    views = [
        groups.announced(group(name, "about <b>it</b>"), caller),
        groups.joined(group(name), changed=True),
        groups.left(group(name), changed=False),
        adding.added(StatusUser("0", -1, 1, name, {Platform.STEAM: Account(Platform.STEAM, "1", "secret")})),
        calls.message(call(name), group(name), {1: KnownUser(1, caller), 2: KnownUser(2, name)}, Clocks(None, NOW)),
        View(calls.continuation(group(name))),
        farewells.yours_now(News(caller, KnownUser(2, name), [group(name)] * 12, "gub_bot")),
        farewells.yours_now_in_private(News(caller, KnownUser(2, name), [group(name)], "gub_bot"), name),
        general.welcome(name, "gub_bot"),
        general.greeting(name),
        general.unknown_command(name),
    ]
    for view in views:
        assert "secret" not in text_of(view)
        assert {entity.type for entity, _ in entities_of(view)} <= {"bold", "code", "text_mention", "date_time"}


def test_the_head_of_a_call_pings_nobody():
    muted = [KnownUser(2, "@Ann_A")]
    users = {1: KnownUser(1, "@caller")} | {one.user_id: one for one in muted}
    told = call(muted=tuple(one.user_id for one in muted))
    view = View([*calls.head(told, users, Clocks(None, NOW)), *calls.continuation(group())])
    assert text_of(view).startswith("📣 @caller calls Warzone\n\n")
    assert {entity.type for entity, _ in entities_of(view)} == {"bold", "code", "date_time"}


def test_a_new_group_tells_how_one_gets_in():
    open_one = groups.announced(group(), "Ann")
    closed = groups.announced(replace(group(), joining=Joining.INVITE), "Ann")
    assert "Tap Join" in text_of(open_one)
    assert open_one.keyboard is not None
    assert "when they are invited" in text_of(closed)
    assert closed.keyboard is None


def test_d53_texts_name_no_none():
    views = [
        general.welcome("", ""),
        general.greeting(None),
        groups.announced(group(), "Ann"),
        *(groups.usage(command) for command in ("newgroup", "join", "leave", "notify")),
        adding.usage(),
        *(help_page(page, Reader(owner=True, donations=True), "gub_bot") for page in Page),
        general.about(),
        general.needs_a_person(),
        general.only_in_groups("join"),
        general.only_commands(),
    ]
    for view in views:
        assert "None" not in text_of(view)
        assert not re.search(r"[*_`]{2}", text_of(view)), "no markup is written by hand (D56)"


def test_the_menus_are_as_telegram_takes_them():
    calls = menus(donations=True)
    for call in [*calls, *(owner_menu(7, language, donations=True) for language in Language)]:
        assert 1 <= len(call.commands) <= 100
        for command in call.commands:
            assert re.fullmatch(r"[a-z0-9_]{1,32}", command.command)
            assert 1 <= len(command.description) <= 256
    assert len({call.scope.type for call in calls if call.scope}) == 4
    assert {call.language_code for call in calls} == {None, "de", "es", "pt", "ru"}
