from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gub.domain.presence import AccountPresence, PersonPresence, Status, merge
from gub.domain.splitting import utf16_length
from gub.domain.values import Account, Platform, StatusUser
from gub.presence.health import Health
from gub.services.status import ChatStatus
from gub.telegram.showing import View, messages_of
from gub.telegram.views import status as views
from tests.support.clock import START
from tests.telegram.views.support import entities_of, names, rendered, text_of

STEAM = Platform.STEAM


def person(name: str = "Ann") -> StatusUser:
    return StatusUser("0" * 24, -1, 1, name, {STEAM: Account(STEAM, "765", "secret account")})


def doing(status: Status, **details: object) -> PersonPresence:
    details.setdefault("fetched_at", START)
    return merge([AccountPresence(STEAM, "765", status, **details)])  # type: ignore[arg-type]


def told(
    *people: tuple[StatusUser, PersonPresence], unseen: int = 0, health: Health = Health.OK, **more: Health
) -> ChatStatus:
    return ChatStatus(people, unseen, dict.fromkeys(Platform, health) | {Platform(one): h for one, h in more.items()})


def line(presence: PersonPresence, health: Health = Health.OK) -> str:
    return text_of(views.status(told((person(), presence), health=health), START))


@pytest.mark.parametrize(
    ("presence", "expected"),
    [
        (doing(Status.PLAYING, title="Chess"), "🎮 Ann - Chess on Steam"),
        (doing(Status.PLAYING, title="Chess", activity="Endgame"), "🎮 Ann - Chess on Steam\n  ↳ Endgame"),
        (doing(Status.PLAYING, title="Chess\u2122", activity="CHESS"), "🎮 Ann - Chess\u2122 on Steam"),
        (doing(Status.PLAYING, title="Chess", activity="\u200b \u202e"), "🎮 Ann - Chess on Steam"),
        (
            doing(Status.PLAYING, title="Chess", activity="go\n" * 80),
            "🎮 Ann - Chess on Steam\n  ↳ " + ("go " * 33).strip() + "…",
        ),
        (doing(Status.PLAYING), "🎮 Ann - a game on Steam"),
        (doing(Status.PLAYING, title="Chess", away=True), "🎮 Ann - Chess on Steam, away"),
        (
            doing(Status.PLAYING, title="Chess", since=START - timedelta(hours=2)),
            "🎮 Ann - Chess on Steam, for 2 hours",
        ),
        (doing(Status.PLAYING, title="Chess", since=START - timedelta(seconds=9)), "🎮 Ann - Chess on Steam"),
        (doing(Status.ONLINE), "🟢 Ann - online on Steam"),
        (doing(Status.ONLINE, title="YouTube"), "🟢 Ann - online on Steam, using YouTube"),
        (doing(Status.ONLINE, busy=True), "🟢 Ann - busy on Steam"),
        (doing(Status.AWAY, since=START - timedelta(minutes=5)), "🌙 Ann - away on Steam, for 5 minutes"),
        (doing(Status.PHONE), "📱 Ann - in the Steam app"),
        (doing(Status.OFFLINE), "⚫ Ann - offline"),
        (doing(Status.OFFLINE, last_seen=START - timedelta(days=3)), "⚫ Ann - offline, last seen 3 days ago"),
        (doing(Status.OFFLINE, last_seen=START + timedelta(hours=1)), "⚫ Ann - offline, last seen just now"),
        (doing(Status.PRIVATE), "🔒 Ann - keeps it private"),
        (doing(Status.UNKNOWN), "❔ Ann - unknown"),
    ],
)
def test_each_status_is_one_line(presence: PersonPresence, expected: str):
    assert line(presence) == expected


def test_all_games_of_a_person_are_told():
    accounts = [
        AccountPresence(STEAM, "1", Status.PLAYING, title="Chess", since=START - timedelta(hours=1)),
        AccountPresence(Platform.XBOX, "2", Status.PLAYING, title="Halo"),
    ]
    assert line(merge(accounts)) == "🎮 Ann - Chess on Steam, for an hour; Halo on Xbox"


def test_one_game_that_two_platforms_tell_of_is_one():
    accounts = [
        AccountPresence(STEAM, "1", Status.PLAYING, title="Halo Infinite", activity="Menu", device="PC"),
        AccountPresence(
            Platform.XBOX, "2", Status.PLAYING, title="HALO Infinite\u00ae", activity="Menu", device="Win32"
        ),
    ]
    assert line(merge(accounts)) == "🎮 Ann - HALO Infinite\u00ae on Xbox and Steam\n  ↳ Menu"
    one, other = accounts
    timed = [replace(one, since=START - timedelta(hours=2)), replace(other, since=START - timedelta(minutes=119))]
    assert line(merge(timed)).startswith("🎮 Ann - HALO Infinite\u00ae on Xbox and Steam, for 2 hours\n")
    unnamed = [replace(one, title=None, activity=None) for one in accounts]
    assert line(merge(unnamed)) == "🎮 Ann - a game on Xbox; a game on Steam"


def test_a_stale_answer_says_so():
    presence = doing(Status.PLAYING, title="Chess", stale=True, fetched_at=START - timedelta(minutes=4))
    assert line(presence, Health.DEGRADED) == (
        "🎮 Ann - Chess on Steam (as of 4 minutes ago)\n\nSteam isn't answering right now. This is what it last said."
    )


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        (Health.DEGRADED, "Steam isn't answering right now."),
        (Health.NO_CREDENTIAL, "Steam isn't set up here."),
        (Health.AUTH_NEEDED, "Steam needs my owner: it doesn't let me in any more."),
        (Health.UNREADABLE, "Steam needs my owner: I can't use what it lets me in with."),
        (Health.OK, "Steam gave no clear answer about everybody."),
    ],
)
def test_d61_d62_a_platform_that_did_not_answer_is_named_with_the_reason(health: Health, expected: str):
    assert line(doing(Status.UNKNOWN, fetched_at=None), health) == f"❔ Ann - unknown\n\n{expected}"


@pytest.mark.parametrize("health", [one for one in Health if one is not Health.OK])
def test_a_platform_that_nobody_here_needs_is_not_talked_about(health: Health):
    view = views.status(told((person(), doing(Status.ONLINE)), xbox=health, psn=health), START)
    assert text_of(view) == "🟢 Ann - online on Steam"


def test_who_is_offline_on_one_platform_may_be_on_another_that_is_silent():
    accounts = [
        AccountPresence(Platform.XBOX, "1", Status.OFFLINE, last_seen=START - timedelta(hours=3), fetched_at=START),
        AccountPresence(Platform.PSN, "2", Status.UNKNOWN),
    ]
    text = text_of(views.status(told((person(), merge(accounts)), psn=Health.DEGRADED), START))
    assert text == "⚫ Ann - offline on Xbox, last seen 3 hours ago\n\nPlayStation isn't answering right now."


def test_who_has_no_account_is_shown():
    nobody = StatusUser("0" * 24, -1, 1, "Ann")
    assert text_of(views.status(told((nobody, merge(()))), START)) == "❔ Ann - no account yet"


@given(st.lists(st.tuples(names, names, names), min_size=1, max_size=5))
def test_hostile_names_and_titles_stay_in_their_line(people: list[tuple[str, str, str]]):
    assume(not any("secret" in text for one in people for text in one))
    rows = [(person(name), doing(Status.PLAYING, title=title, activity=said)) for name, title, said in people]
    view = views.status(told(*rows), START)
    told_lines = text_of(view).split("\n")
    assert sum(one.startswith("🎮 ") for one in told_lines) == len(people)
    assert all(one.startswith(("🎮 ", "  ↳ ")) for one in told_lines)
    assert "secret" not in text_of(view)
    assert {entity.type for entity, _ in entities_of(view)} <= {"bold", "code"}
    assert messages_of(view) == 1


def test_d20_the_button_knows_how_many_messages_the_list_takes():
    rows = [(person(f"Player {number}"), doing(Status.PLAYING, title="T" * 60)) for number in range(200)]
    view = views.status(told(*rows), START, 77)
    assert messages_of(view) > 1
    assert view.keyboard is not None
    assert view.keyboard.inline_keyboard[0][0].callback_data == f"s:{messages_of(view)}:77"


def folds(view: View) -> list[str]:
    return [text for entity, text in entities_of(view) if entity.type == "expandable_blockquote"]


def test_many_who_are_gone_fold_away_below_those_who_are_there():
    there, gone = (person("Ann"), doing(Status.ONLINE)), (person("Bob"), doing(Status.OFFLINE))
    few = views.status(told(there, *[gone] * 10), START)
    assert folds(few) == []
    assert text_of(few) == "\n".join(["🟢 Ann - online on Steam", *["⚫ Bob - offline"] * 10])
    many = views.status(told(there, *[gone] * 11), START)
    assert folds(many) == ["\n".join(["⚫ Bob - offline"] * 11)]
    assert text_of(many) == "\n".join(["🟢 Ann - online on Steam", *["⚫ Bob - offline"] * 11])


def test_d20_a_fold_fits_into_a_message_whatever_the_names():
    accounts = [
        AccountPresence(Platform.XBOX, "1", Status.OFFLINE, last_seen=START - timedelta(days=700), fetched_at=START),
        AccountPresence(Platform.PSN, "2", Status.OFFLINE, fetched_at=START),
        AccountPresence(STEAM, "3", Status.UNKNOWN),
    ]
    view = views.status(told(*[(person("\U0001f3ae" * 40), merge(accounts))] * 150), START)
    assert len(folds(view)) == 6
    assert text_of(view).count(" - ") == 150
    for text, entities in map(rendered, view.items):
        assert utf16_length(text) <= 4096
        assert len(entities) <= 100


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(names, st.sampled_from(Status), st.integers(1, 40)), min_size=1, max_size=5))
def test_d20_a_list_is_split_between_people_never_inside_one(people: list[tuple[str, Status, int]]):
    rows = [
        (person(name), doing(status, title=name, activity=name, last_seen=START - timedelta(days=700)))
        for name, status, times in people
        for _ in range(times)
    ]
    view = views.status(told(*sorted(rows, key=lambda one: one[1].status.rank), health=Health.DEGRADED), START)
    for item in view.items:
        text, entities = rendered(item)
        assert utf16_length(text) <= 4096
        assert len(entities) <= 100
    assert text_of(view).count(" - ") >= len(rows)


def test_an_empty_list_has_no_button():
    view = views.status(told(), START)
    assert view.keyboard is None
    assert "/add" in text_of(view)


def test_d69_a_list_of_people_who_do_not_want_to_be_seen_says_so():
    view = views.status(told(unseen=3), START)
    assert text_of(view) == "Nobody on the list wants to be seen right now."
    assert view.keyboard is not None
