"""What each answer about an account means."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from gub.domain.presence import Status
from gub.domain.values import Platform
from gub.platforms import tolerant
from gub.platforms.errors import Malformed
from gub.platforms.psn.presence import read_presence, read_presences, read_single
from tests.platforms.psn_answers import NOVA, ORBIT, THIRD, game, presence

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
PHONE = {"onlineStatus": "online", "platform": "MOBILE_APP"}
LAST = {"onlineStatus": "offline", "platform": "PS5", "lastOnlineDate": "2026-11-01T18:36:00.377Z"}
THEN = datetime(2026, 11, 1, 18, 36, 0, 377000, tzinfo=UTC)
INVADERS = game("Invaders", gameStatus="In lobby")


@pytest.mark.parametrize(
    ("facts", "status", "title", "activity", "device"),
    [
        ({"gameTitleInfoList": INVADERS}, Status.PLAYING, "Invaders", "In lobby", "PS5"),
        ({"gameTitleInfoList": game("Old", format="PS4")}, Status.PLAYING, "Old", None, "PS5"),
        ({"gameTitleInfoList": game("X", gameStatus="X", launchPlatform="PSPC")}, Status.PLAYING, "X", None, "PSPC"),
        ({"gameTitleInfoList": game("X", launchPlatform=None, format="PS4")}, Status.PLAYING, "X", None, "PS5"),
        (
            {"gameTitleInfoList": game("X", launchPlatform=None, format="PS4"), "primaryPlatformInfo": None},
            Status.PLAYING,
            "X",
            None,
            "PS4",
        ),
        ({"gameTitleInfoList": [None, {}, *INVADERS]}, Status.PLAYING, "Invaders", "In lobby", "PS5"),
        ({"gameTitleInfoList": [{"npTitleId": "CUSA1_00"}]}, Status.PLAYING, None, None, "PS5"),
        (
            {"gameTitleInfoList": INVADERS, "availability": None, "primaryPlatformInfo": None},
            Status.PLAYING,
            "Invaders",
            "In lobby",
            "PS5",
        ),
        ({}, Status.ONLINE, None, None, "PS5"),
        ({"gameTitleInfoList": []}, Status.ONLINE, None, None, "PS5"),
        ({"gameTitleInfoList": "x"}, Status.ONLINE, None, None, "PS5"),
        ({"availability": "busy"}, Status.ONLINE, None, None, "PS5"),
        ({"availability": "AvailableToPlay", "primaryPlatformInfo": {}}, Status.ONLINE, None, None, None),
        ({"availability": None}, Status.ONLINE, None, None, "PS5"),
        ({"primaryPlatformInfo": {"onlineStatus": "online", "platform": "ps6"}}, Status.ONLINE, None, None, "PS6"),
        (
            {"availability": "availableToCommunicate", "primaryPlatformInfo": PHONE},
            Status.PHONE,
            None,
            None,
            "MOBILE_APP",
        ),
        ({"primaryPlatformInfo": PHONE}, Status.PHONE, None, None, "MOBILE_APP"),
        ({"availability": "availableToCommunicate", "primaryPlatformInfo": None}, Status.PHONE, None, None, None),
        ({"availability": "availableToCommunicate"}, Status.ONLINE, None, None, "PS5"),
        ({"availability": "unavailable", "primaryPlatformInfo": None}, Status.OFFLINE, None, None, None),
        ({"availability": None, "primaryPlatformInfo": LAST}, Status.OFFLINE, None, None, None),
        ({"availability": "unavailable", "gameTitleInfoList": INVADERS}, Status.OFFLINE, None, None, None),
    ],
)
def test_what_each_answer_means(
    facts: dict[str, Any], status: Status, title: str | None, activity: str | None, device: str | None
) -> None:
    got = read_presence(presence(NOVA, **facts), NOVA, NOW)
    assert got is not None
    assert (got.status, got.title, got.activity, got.device) == (status, title, activity, device)
    assert (got.platform, got.account_id, got.fetched_at, got.since, got.stale) == (
        Platform.PSN,
        NOVA,
        NOW,
        None,
        False,
    )
    assert got.busy is (facts.get("availability") == "busy")
    assert got.last_seen == (
        NOW
        if status is not Status.OFFLINE
        else THEN
        if "platform" in str(facts) and facts.get("primaryPlatformInfo")
        else None
    )


def test_the_title_id_is_the_games() -> None:
    got = read_presence(presence(NOVA, gameTitleInfoList=INVADERS), NOVA, NOW)
    assert got is not None
    assert got.title_id == "PPSA01649_00"


@pytest.mark.parametrize(
    "item",
    [
        None,
        7,
        [],
        {},
        {"accountId": NOVA},
        {"availability": 7, "primaryPlatformInfo": "PS5", "gameTitleInfoList": {"titleName": 5}},
        {"availability": "dreaming", "primaryPlatformInfo": {"onlineStatus": "maybe"}},
    ],
)
def test_d61_absent_and_senseless_fields_are_no_answer_and_no_error(item: Any) -> None:
    assert read_presence(item, NOVA, NOW) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-01T18:36:00.377Z", THEN),
        ("2026-11-01T18:36:00.3771234Z", THEN),
        ("2026-11-01T20:36:00.377+02:00", THEN),
        ("2026-11-01T18:36:00.377", THEN),
        ("2026-11-01T18:36:00Z", THEN.replace(microsecond=0)),
        ("2026-11-22T18:00:05Z", NOW),
        ("2026-12-24T18:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("1970-01-01T00:00:00Z", None),
        ("yesterday", None),
        ("2026-11-01T18:36:00.377Z" * 50, None),
        ("", None),
        (1795000000, None),
        (None, None),
        ([], None),
    ],
)
def test_d68_times_are_read_with_their_zone_and_never_cut_to_length(text: Any, expected: datetime | None) -> None:
    assert tolerant.past(text, NOW) == expected
    assert tolerant.past(text, NOW.astimezone(timezone(timedelta(hours=9)))) == expected


def test_the_later_of_two_last_times_counts() -> None:
    item = presence(
        NOVA, availability="unavailable", primaryPlatformInfo=LAST, lastAvailableDate="2026-11-02T00:00:00Z"
    )
    got = read_presence(item, NOVA, NOW)
    assert got is not None
    assert got.last_seen == datetime(2026, 11, 2, tzinfo=UTC)
    item["lastAvailableDate"] = "rubbish"
    again = read_presence(item, NOVA, NOW)
    assert again is not None
    assert again.last_seen == THEN


def test_a_last_time_beside_being_online_means_nothing() -> None:
    got = read_presence(presence(NOVA, lastAvailableDate="2026-11-01T18:36:00.377Z"), NOVA, NOW)
    assert got is not None
    assert (got.status, got.last_seen) == (Status.ONLINE, NOW)


def test_accounts_are_told_apart_by_id_and_the_left_out_are_private() -> None:
    items = [presence(ORBIT), presence("99"), presence(NOVA, availability=7, primaryPlatformInfo=None), presence(ORBIT)]
    got = read_presences({"basicPresences": items}, {NOVA, ORBIT, THIRD}, NOW)
    assert got[NOVA] is None
    assert got[ORBIT] is not None
    assert got[ORBIT].account_id == ORBIT
    assert got[THIRD] is not None
    assert got[THIRD].status is Status.PRIVATE
    assert set(got) == {NOVA, ORBIT, THIRD}


def test_who_is_left_out_beside_an_entry_of_nobody_may_be_that_entry() -> None:
    nameless = presence(NOVA, accountId=None)
    got = read_presences({"basicPresences": [nameless, presence(ORBIT)]}, {NOVA, ORBIT}, NOW)
    assert got[NOVA] is None
    assert got[ORBIT] is not None


def test_an_id_may_come_as_a_number() -> None:
    got = read_presences({"basicPresences": [presence(NOVA) | {"accountId": int(NOVA)}]}, {NOVA}, NOW)
    assert got[NOVA] is not None
    assert got[NOVA].status is Status.ONLINE


@pytest.mark.parametrize("document", [None, [], {}, {"basicPresences": {}}, {"basicPresences": None}, "x"])
def test_what_is_no_such_answer_is_malformed(document: Any) -> None:
    with pytest.raises(Malformed):
        read_presences(document, {NOVA}, NOW)


def test_a_single_answer_is_about_whom_it_was_asked_for() -> None:
    assert read_single({"basicPresence": presence(NOVA)}, NOVA, NOW)
    assert read_single({"basicPresence": presence(NOVA, accountId=None)}, NOVA, NOW)
    with pytest.raises(Malformed):
        read_single({"basicPresence": presence(ORBIT)}, NOVA, NOW)
