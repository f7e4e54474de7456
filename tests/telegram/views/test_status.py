from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.domain.presence import AccountPresence, PersonPresence, Status, merge
from gub.domain.values import Account, Platform, StatusUser
from gub.telegram.messenger import messages_of
from gub.telegram.views import status as views
from tests.support.clock import START
from tests.telegram.views.support import entities_of, names, text_of

STEAM = Platform.STEAM


def person(name: str = "Ann") -> StatusUser:
    return StatusUser("0" * 24, -1, 1, name, {STEAM: Account(STEAM, "765", "secret account")})


def doing(status: Status, **details: object) -> PersonPresence:
    details.setdefault("fetched_at", START)
    return merge([AccountPresence(STEAM, "765", status, **details)])  # type: ignore[arg-type]


def line(presence: PersonPresence) -> str:
    return text_of(views.status([(person(), presence)], START))


@pytest.mark.parametrize(
    ("presence", "expected"),
    [
        (doing(Status.PLAYING, title="Chess"), "🎮 Ann - Chess on Steam"),
        (doing(Status.PLAYING, title="Chess", activity="Endgame"), "🎮 Ann - Chess (Endgame) on Steam"),
        (doing(Status.PLAYING, title="Chess", activity="Chess"), "🎮 Ann - Chess on Steam"),
        (doing(Status.PLAYING), "🎮 Ann - a game on Steam"),
        (doing(Status.PLAYING, title="Chess", away=True), "🎮 Ann - Chess on Steam, away"),
        (
            doing(Status.PLAYING, title="Chess", since=START - timedelta(hours=2)),
            "🎮 Ann - Chess on Steam, for 2 hours",
        ),
        (doing(Status.PLAYING, title="Chess", since=START - timedelta(seconds=9)), "🎮 Ann - Chess on Steam"),
        (doing(Status.ONLINE), "🟢 Ann - online on Steam"),
        (doing(Status.ONLINE, busy=True), "🟢 Ann - busy on Steam"),
        (doing(Status.AWAY, since=START - timedelta(minutes=5)), "🌙 Ann - away on Steam, for 5 minutes"),
        (doing(Status.PHONE), "📱 Ann - on the phone, on Steam"),
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


def test_a_stale_answer_says_so():
    presence = doing(Status.PLAYING, title="Chess", stale=True, fetched_at=START - timedelta(minutes=4))
    assert line(presence) == (
        "🎮 Ann - Chess on Steam (as of 4 minutes ago)\n\nSteam isn't answering right now; this is what it last said."
    )


def test_d62_a_platform_that_never_answered_is_said():
    assert line(doing(Status.UNKNOWN, fetched_at=None)).endswith("\n\nSteam isn't answering right now.")


@given(st.lists(st.tuples(names, names), min_size=1, max_size=5))
def test_hostile_names_and_titles_stay_in_their_line(people: list[tuple[str, str]]):
    told = [(person(name), doing(Status.PLAYING, title=title)) for name, title in people]
    view = views.status(told, START)
    assert text_of(view).count("\n") == len(people) - 1
    assert "secret" not in text_of(view)
    assert {entity.type for entity, _ in entities_of(view)} <= {"bold", "code"}
    assert messages_of(view) == 1


def test_d20_the_button_knows_how_many_messages_the_list_takes():
    told = [(person(f"Player {number}"), doing(Status.PLAYING, title="T" * 60)) for number in range(200)]
    view = views.status(told, START)
    assert messages_of(view) > 1
    assert view.keyboard is not None
    assert view.keyboard.inline_keyboard[0][0].callback_data == f"s:refresh:{messages_of(view)}"


def test_an_empty_list_has_no_button():
    view = views.status([], START)
    assert view.keyboard is None
    assert "/add" in text_of(view)
