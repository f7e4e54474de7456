import asyncio
import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from gub.domain.presence import Status
from gub.domain.values import Platform
from gub.platforms.errors import Malformed, PlatformError, RateLimited, Unavailable
from gub.platforms.xbox import XboxClient
from tests.platforms.clocks import SkippingClock
from tests.platforms.server import Server, answer
from tests.platforms.xbox_answers import HOME, NOVA, ORBIT, THIRD, XBOX_APP, Xbox, device, person, title

HALO = title("Halo Infinite", activity={"richPresence": "Big Team Battle on Fragmentation"})


async def one(xbox_client: XboxClient, xbox: Xbox, item: Any) -> Any:
    xbox.people = [item]
    return (await xbox_client.presences([NOVA])).get(NOVA)


async def test_the_request_is_the_documented_one(server: Server, xbox_client: XboxClient, xbox: Xbox) -> None:
    xbox.people = [person(NOVA)]
    await xbox_client.presences([NOVA, ORBIT])
    seen = server.seen[-1]
    assert (seen.method, seen.target) == ("POST", "/platforms/userpresence.xboxlive.com/users/batch")
    assert json.loads(seen.body) == {"users": [NOVA, ORBIT], "level": "all", "onlineOnly": False}
    expected = {
        "authorization": "XBL3.0 x=SECRET-uhs;SECRET-xsts-1<SECRET-user-1<SECRET-access-1",
        "x-xbl-contract-version": "3",
        "accept": "application/json",
        "accept-language": "en-US",
        "content-type": "application/json",
    }
    assert {name: seen.headers[name] for name in expected} == expected


async def test_d57_people_are_matched_by_xuid_and_a_missing_one_costs_nobody(
    xbox_client: XboxClient, xbox: Xbox
) -> None:
    ids = [str(int(NOVA) + number) for number in range(40)]
    xbox.people = [
        person(xuid, device("Scarlett", title(f"Game {number}", str(number + 1))))
        for number, xuid in enumerate(ids)
        if number != 7
    ]
    found = await xbox_client.presences(ids)
    assert list(found) == ids
    assert {xuid: found[xuid].title for xuid in ids if xuid != ids[7]} == {
        xuid: f"Game {number}" for number, xuid in enumerate(ids) if number != 7
    }
    assert found[ids[7]].status is Status.PRIVATE
    assert xbox.counts["presence"] == 1


async def test_d58_a_chat_without_xbox_ids_sends_nothing(server: Server, xbox_client: XboxClient) -> None:
    assert await xbox_client.presences([]) == {}
    assert (await xbox_client.presences(["zero", "", "-1", "٧", "0", "9" * 21]))["zero"].status is Status.UNKNOWN
    assert server.seen == []


async def test_d59_the_console_comes_before_the_phone_and_an_unknown_device_passes_through(
    xbox_client: XboxClient, xbox: Xbox
) -> None:
    order = ["Scarlett", "XboxOne", "Win32", "Xbox360", "PlayStation", "Toaster", "iOS"]
    for better, worse in pairwise(order):
        item = person(NOVA, device(worse, title("Worse", "2")), device(better, title("Better", "3")))
        found = await one(xbox_client, xbox, item)
        assert (found.title, found.device) == ("Better", better)
    found = await one(xbox_client, xbox, person(NOVA, device("Toaster", HALO)))
    assert (found.status, found.device) == (Status.PLAYING, "Toaster")


@pytest.mark.parametrize(
    "last_seen",
    [
        {"deviceType": "Scarlett", "timestamp": "2026-01-19T05:03:43.1085775Z"},
        {"deviceType": "Scarlett", "titleId": "1", "timestamp": "2026-01-19T05:03:43.1085775Z"},
        {"titleName": None, "timestamp": "2026-01-19T05:03:43.1085775Z"},
    ],
)
async def test_d60_last_seen_without_a_title(xbox_client: XboxClient, xbox: Xbox, last_seen: dict[str, Any]) -> None:
    found = await one(xbox_client, xbox, person(NOVA, lastSeen=last_seen))
    assert found.status is Status.OFFLINE
    assert found.last_seen == datetime(2026, 1, 19, 5, 3, 43, 108000, UTC)
    assert found.title is None


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("2026-01-19T05:03:43.1085775Z", datetime(2026, 1, 19, 5, 3, 43, 108000, UTC)),
        ("2026-01-19T05:03:43.1085775", datetime(2026, 1, 19, 5, 3, 43, 108000, UTC)),
        ("2026-01-19T05:03:43", datetime(2026, 1, 19, 5, 3, 43, tzinfo=UTC)),
        ("2026-01-19T07:03:43+02:00", datetime(2026, 1, 19, 5, 3, 43, tzinfo=UTC)),
        ("2026-11-22T18:00:30Z", datetime(2026, 11, 22, 18, tzinfo=UTC)),  # slightly ahead of us
        ("2027-11-22T18:00:30Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("2026-13-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
        (1768798923, None),
        (None, None),
    ],
)
async def test_d68_times_are_read_whole_with_and_without_a_zone(
    xbox_client: XboxClient, xbox: Xbox, timestamp: Any, expected: datetime | None
) -> None:
    found = await one(xbox_client, xbox, person(NOVA, lastSeen={"timestamp": timestamp}))
    assert (found.status, found.last_seen) == (Status.OFFLINE, expected)


async def test_in_a_game(xbox_client: XboxClient, xbox: Xbox, clock: SkippingClock) -> None:
    item = person(NOVA, device("Scarlett", HOME, HALO), device("WindowsOneCore", XBOX_APP))
    found = await one(xbox_client, xbox, item)
    assert (found.platform, found.account_id, found.status) == (Platform.XBOX, NOVA, Status.PLAYING)
    assert (found.title, found.title_id, found.device) == ("Halo Infinite", "1777860928", "Scarlett")
    assert found.activity == "Big Team Battle on Fragmentation"
    assert (found.last_seen, found.fetched_at) == (clock.now(), clock.now())
    assert (found.since, found.stale, found.away, found.busy) == (None, False, False, False)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (person(NOVA), (Status.OFFLINE, None, None)),
        (person(NOVA, state="offline"), (Status.OFFLINE, None, None)),
        (person(NOVA, state="Offline", devices=[device("Scarlett", HALO)]), (Status.OFFLINE, None, None)),
        (person(NOVA, state="online", devices=[device("scarlett", title("A", state="active", placement="full"))]),
         (Status.PLAYING, "A", "scarlett")),
        (person(NOVA, device("Scarlett", HOME)), (Status.ONLINE, None, "Scarlett")),
        (person(NOVA, device("Scarlett", title("Home", "714681658"))), (Status.ONLINE, None, "Scarlett")),
        (person(NOVA, device("WindowsOneCore", title("Xbox App", "1"))), (Status.ONLINE, None, "WindowsOneCore")),
        (person(NOVA, device("WindowsOneCore", title("", "1022622766"))), (Status.ONLINE, None, "WindowsOneCore")),
        (person(NOVA, device("Scarlett", title("micro\u200bsoft STORE", "9"))), (Status.ONLINE, None, "Scarlett")),
        (person(NOVA, device("iOS", XBOX_APP)), (Status.PHONE, None, "iOS")),
        (person(NOVA, device("Web", XBOX_APP), device("Android", XBOX_APP)), (Status.PHONE, None, "Web")),
        (person(NOVA, device("iOS", XBOX_APP), device("Scarlett", HOME)), (Status.ONLINE, None, "Scarlett")),
        (person(NOVA, device("iOS", XBOX_APP), device("Scarlett", title("A", state="Inactive"))),
         (Status.PHONE, None, "iOS")),
        (person(NOVA, device("AppleTV", XBOX_APP)), (Status.ONLINE, None, "AppleTV")),
        (person(NOVA, device("Android", HALO)), (Status.PLAYING, "Halo Infinite", "Android")),
        (person(NOVA, device("Scarlett", HOME), state="Away"), (Status.AWAY, None, "Scarlett")),
        (person(NOVA, device("Scarlett", HALO), state="Away"), (Status.PLAYING, "Halo Infinite", "Scarlett")),
        (person(NOVA, state="Online"), (Status.ONLINE, None, None)),
        (person(NOVA, state="Busy"), (Status.UNKNOWN, None, None)),
        (person(NOVA, device("Scarlett", HALO), state=None), (Status.PLAYING, "Halo Infinite", "Scarlett")),
        (person(NOVA, device("Scarlett", title("A", placement="Background"))), (Status.ONLINE, None, "Scarlett")),
        (person(NOVA, device("Scarlett", title("A", state="Inactive"))), (Status.ONLINE, None, "Scarlett")),
        (person(NOVA, device("Scarlett", title("A", state=None))), (Status.ONLINE, None, "Scarlett")),
        (person(NOVA, device("Scarlett", title("A", placement=None))), (Status.PLAYING, "A", "Scarlett")),
        (person(NOVA, device("Scarlett", title("Netflix"))), (Status.ONLINE, "Netflix", "Scarlett")),
        (person(NOVA, device("Scarlett", title("YouTube", "1")), device("iOS", title("Chess", "2"))),
         (Status.PLAYING, "Chess", "iOS")),
        (person(NOVA, device("Scarlett", title("", "77"))), (Status.PLAYING, None, "Scarlett")),
        (person(NOVA, device("Scarlett", title("\u200b\ufeff", "77"))), (Status.PLAYING, None, "Scarlett")),
        (person(NOVA, device("Scarlett", title("", "7"), title("Named", "8"))), (Status.PLAYING, "Named", "Scarlett")),
        (person(NOVA, device("Scarlett", title("", title_id="x"))), (Status.ONLINE, None, "Scarlett")),
        (person(NOVA, device("Scarlett", title("A", "1", placement="Snapped"), title("Fill", "2", placement="Fill"))),
         (Status.PLAYING, "Fill", "Scarlett")),
        (person(NOVA, device("Scarlett", title("Snap", "1", placement="Snapped"), title("Full", "2"))),
         (Status.PLAYING, "Full", "Scarlett")),
        (person(NOVA, device("WindowsOneCore", title("Full", "1")), device("XboxOne", title("B", placement="Snapped"))),
         (Status.PLAYING, "B", "XboxOne")),
        (person(NOVA, device("WindowsOneCore", HALO), device("Win32", title("Halo Infinite", lastModified=None))),
         (Status.PLAYING, "Halo Infinite", "WindowsOneCore")),
        (person(NOVA, device("Scarlett", title("Old", "1", lastModified="2026-11-20T18:00:00Z"), title("New", "2"))),
         (Status.PLAYING, "New", "Scarlett")),
        (person(NOVA, device("Scarlett", title("New", "2"), title("Old", "1", lastModified=None))),
         (Status.PLAYING, "New", "Scarlett")),
    ],
)  # fmt: skip
async def test_what_each_answer_means(
    xbox_client: XboxClient, xbox: Xbox, item: dict[str, Any], expected: tuple[Status, str | None, str | None]
) -> None:
    found = await one(xbox_client, xbox, item)
    assert (found.status, found.title, found.device) == expected


async def test_away_is_told_beside_playing(xbox_client: XboxClient, xbox: Xbox) -> None:
    assert (await one(xbox_client, xbox, person(NOVA, device("Scarlett", HALO), state="Away"))).away
    assert not (await one(xbox_client, xbox, person(NOVA, device("Scarlett", HALO)))).away


@pytest.mark.parametrize(
    ("activity", "expected"),
    [
        ({"richPresence": "On\u200bline\nmatch", "media": {"a": [1]}, "broadcast": {"id": 7}}, "Online match"),
        ([{"richPresence": "In a list"}], "In a list"),
        ({"richPresence": "x" * 500}, "x" * 100),
        ({"richPresence": ""}, None),
        ({"richPresence": {"a": 1}}, None),
        ({}, None),
        ([], None),
        ("text", None),
        (None, None),
    ],
)
async def test_an_activity_is_text_or_nothing(
    xbox_client: XboxClient, xbox: Xbox, activity: Any, expected: str | None
) -> None:
    """OpenXbox/xbox-webapi-python#102: presence failed only when somebody began to play."""
    found = await one(xbox_client, xbox, person(NOVA, device("Scarlett", title("A", activity=activity))))
    assert (found.status, found.activity) == (Status.PLAYING, expected)


async def test_who_appears_offline_is_offline_with_whatever_was_last_seen(xbox_client: XboxClient, xbox: Xbox) -> None:
    """misiektoja/xbox_monitor#2: their lastSeen stands still; nothing tells them from somebody offline."""
    long_ago = {"timestamp": "2026-01-01T00:00:00Z", "titleName": "A", "titleId": "1", "deviceType": "Scarlett"}
    found = await one(xbox_client, xbox, person(NOVA, lastSeen=long_ago))
    assert (found.status, found.last_seen) == (Status.OFFLINE, datetime(2026, 1, 1, tzinfo=UTC))
    found = await one(xbox_client, xbox, person(NOVA))
    assert (found.status, found.last_seen) == (Status.OFFLINE, None)


async def test_who_cannot_be_read_is_left_out_and_nobody_else_is(xbox_client: XboxClient, xbox: Xbox) -> None:
    xbox.people = [
        {"xuid": ORBIT, "state": [], "devices": {"a": 1}},
        person(NOVA, device("Scarlett", HALO)),
        person("1", device("Scarlett", HALO)),
    ]
    found = await xbox_client.presences([NOVA, ORBIT, THIRD])
    assert set(found) == {NOVA, THIRD}
    assert found[NOVA].title == "Halo Infinite"
    assert found[THIRD].status is Status.PRIVATE


@pytest.mark.parametrize("stray", [None, [], "x", 7, {}, {"state": "Online"}, {"xuid": None}, {"xuid": "me"}])
async def test_while_somebody_cannot_be_told_the_missing_are_not_called_private(
    xbox_client: XboxClient, xbox: Xbox, stray: Any
) -> None:
    xbox.people = [stray, person(NOVA)]
    assert list(await xbox_client.presences([NOVA, ORBIT])) == [NOVA]


async def test_the_first_readable_entry_of_a_person_counts(xbox_client: XboxClient, xbox: Xbox) -> None:
    xbox.people = [person(NOVA, device("Scarlett", HALO)), person(NOVA), {"xuid": NOVA}]  # the server turns it round
    assert (await xbox_client.presences([NOVA]))[NOVA].status is Status.OFFLINE
    numeric = person(NOVA, device("Scarlett", HALO)) | {"xuid": int(NOVA)}
    assert (await one(xbox_client, xbox, numeric)).status is Status.PLAYING


async def test_eleven_hundred_go_in_one_request_and_a_batch_that_fails_costs_only_itself(
    xbox_client: XboxClient, xbox: Xbox
) -> None:
    ids = [str(int(NOVA) + number) for number in range(2300)]
    xbox.people = [person(xuid) for xuid in ids]
    assert list(await xbox_client.presences([*ids, *ids])) == ids
    assert xbox.counts["presence"] == 3
    xbox.scripts["presence"] = [answer(200, xbox.people), answer(400), answer(200, xbox.people)]
    assert list(await xbox_client.presences(ids)) == ids[:1100] + ids[2200:]
    xbox.scripts["presence"] = [answer(400)]
    with pytest.raises(Malformed):
        await xbox_client.presences(ids)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (answer(400, {"code": 8}), Malformed),
        (answer(403, {"code": 1}), Unavailable),
        (answer(404), Malformed),
        (answer(302, Location="https://xbox.com/"), Malformed),
        (answer(200, "<html>maintenance</html>"), Malformed),
        (answer(200, ""), Malformed),
        (answer(200, {"people": []}), Malformed),
        (answer(200, "null"), Malformed),
        (answer(429, {"limitType": "rate"}, Retry_After="61"), RateLimited),
        (answer(429), RateLimited),
        (answer(500), Unavailable),
        (answer(503, "<html>"), Unavailable),
        (None, Unavailable),
    ],
)
async def test_every_other_answer_is_a_typed_error(
    xbox_client: XboxClient, xbox: Xbox, reply: bytes | None, error: type[PlatformError]
) -> None:
    xbox.always["presence"] = reply
    with pytest.raises(error) as caught:
        await xbox_client.presences([NOVA])
    assert type(caught.value) is error


async def test_fifteen_at_once_with_an_expired_token_sign_in_once(xbox_client: XboxClient, xbox: Xbox) -> None:
    await asyncio.gather(*(xbox_client.presences([NOVA]) for _ in range(15)))
    assert (xbox.counts["login"], xbox.counts["user"], xbox.counts["xsts"]) == (1, 1, 1)
