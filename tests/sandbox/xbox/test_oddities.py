"""The odd answers of the simulated Xbox Live, each as it was seen of the real one."""

import json
from typing import Any

import pytest

from gub.sandbox.xbox import ODDITIES, Xbox, XboxAccount
from tests.sandbox.xbox.asker import Asker, result


async def test_every_oddity_answers_differently(xbox: Xbox, ask: Asker):
    account = xbox.add_account("Nova", game="Fortnite")
    answers: dict[str, str] = {}
    for oddity in ODDITIES:
        xbox.set_presence(account.id, oddity=oddity)
        answers[oddity] = json.dumps(result(await ask.batch([account.id])))
    assert len(set(answers.values())) == len(ODDITIES)


async def odd(xbox: Xbox, ask: Asker, oddity: str, **presence: str) -> tuple[XboxAccount, dict[str, Any]]:
    account = xbox.add_account("Nova", **presence)
    xbox.set_presence(account.id, oddity=oddity)
    return account, await ask.record(account.id)


def shape(record: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(device["type"], [title["name"] for title in device["titles"]]) for device in record["devices"]]


async def test_a_phone_beside_the_console(xbox: Xbox, ask: Asker):
    _, record = await odd(xbox, ask, "two_devices", game="Fortnite")
    assert shape(record) == [("iOS", ["Xbox App"]), ("Scarlett", ["Home", "Fortnite"])]


async def test_the_same_game_twice_on_a_pc(xbox: Xbox, ask: Asker):
    _, record = await odd(xbox, ask, "played_twice", game="Fortnite")
    assert shape(record) == [("Scarlett", ["Home"]), ("Win32", ["Fortnite"]), ("WindowsOneCore", ["Fortnite"])]


async def test_on_the_phone_only_whatever_is_played(xbox: Xbox, ask: Asker):
    _, record = await odd(xbox, ask, "phone_only", game="Fortnite")
    assert (record["state"], shape(record)) == ("Online", [("iOS", ["Xbox App"])])


async def test_away_with_the_game_still_listed(xbox: Xbox, ask: Asker):
    _, record = await odd(xbox, ask, "away", game="Fortnite")
    assert (record["state"], shape(record)) == ("Away", [("Scarlett", ["Home", "Fortnite"])])


async def test_a_last_seen_without_a_zone(xbox: Xbox, ask: Asker):
    _, record = await odd(xbox, ask, "last_seen_no_zone", game="Fortnite")
    assert (record["state"], record["lastSeen"]["timestamp"]) == ("Offline", "2026-11-22T18:00:00.0000007")


async def test_offline_without_any_last_seen(xbox: Xbox, ask: Asker):
    account, record = await odd(xbox, ask, "last_seen_bare", game="Fortnite")
    assert record == {"xuid": account.id, "state": "Offline"}


async def test_a_last_seen_without_a_title(xbox: Xbox, ask: Asker):
    _, record = await odd(xbox, ask, "last_seen_untitled")
    assert record["lastSeen"].keys() == {"deviceType", "timestamp"}


async def test_a_missing_player_costs_nobody_else(xbox: Xbox, ask: Asker):
    missing, other = xbox.add_account("Nova"), xbox.add_account("Other")
    xbox.set_presence(missing.id, oddity="missing")
    assert [one["xuid"] for one in result(await ask.batch([missing.id, other.id]))] == [other.id]


async def test_titles_without_a_name(xbox: Xbox, ask: Asker):
    _, record = await odd(xbox, ask, "empty_names", game="Fortnite")
    assert shape(record) == [("Scarlett", ["\u200b\ufeff", ""])]


async def test_an_activity_with_media_and_a_broadcast(xbox: Xbox, ask: Asker):
    _, record = await odd(xbox, ask, "rich_objects")
    activity = record["devices"][0]["titles"][-1]["activity"]
    assert activity.keys() == {"richPresence", "media", "broadcast"}
    assert activity["broadcast"]["provider"] == "twitch"


async def test_a_device_that_nobody_knows(xbox: Xbox, ask: Asker):
    _, record = await odd(xbox, ask, "unknown_device", game="Fortnite")
    assert shape(record) == [("Holodeck", ["Fortnite"])]


async def test_words_in_lower_case(xbox: Xbox, ask: Asker):
    _, record = await odd(xbox, ask, "lower_case", game="Fortnite")
    assert record["state"] == "online"
    assert {(title["placement"], title["state"]) for title in record["devices"][0]["titles"]} == {
        ("background", "active"),
        ("full", "active"),
    }


async def test_title_ids_as_numbers(xbox: Xbox, ask: Asker):
    _, record = await odd(xbox, ask, "numeric_ids", game="Fortnite")
    assert [title["id"] for title in record["devices"][0]["titles"]] == [750323071, 1739947436]


@pytest.mark.parametrize("level", ["user", "device", "title", "all"])
async def test_a_malformed_player_is_malformed_at_every_level(xbox: Xbox, ask: Asker, level: str):
    account = xbox.add_account("Nova")
    xbox.set_presence(account.id, oddity="malformed")
    record = await ask.record(account.id, level)
    assert (record["state"], record["lastSeen"]) == (7, "yesterday")
