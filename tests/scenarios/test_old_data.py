"""The predecessor's database: the bot runs on it as it is, renews its tokens, and encrypts what it writes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from gub.clock import SystemClock
from gub.domain.values import Platform
from gub.sandbox.psn import NPSSO
from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.telegram.world import World
from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET
from gub.store.documents import Database
from gub.store.mongo import connect
from gub.store.store import open_store
from tests.scenarios.commands import gub
from tests.scenarios.conversation import groups
from tests.scenarios.people import all_texts, put, rows, status_with
from tests.scenarios.platforms import Platforms
from tests.scenarios.running import Place, bot_in_process

PASSPHRASE = "the passphrase of a test"
SECRETS = ("client_secret", "npsso")
TOKEN_SECRETS = ("access_token", "refresh_token", "user_id")


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[Database]:
    """The database as such, with nothing in it."""
    client = connect(mongo_uri)
    yield client[database_name]
    await client.close()


async def write_as_the_predecessor(
    database: Database, platforms: Platforms, keeper: User, chat: Chat
) -> dict[str, dict[str, Any]]:
    """Put in exactly what the old bot wrote; give its credentials by their platform."""
    issued = platforms.time.now() - timedelta(days=3)
    xbox = {
        "platform": "xbox",
        "client_id": XBOX_CLIENT_ID,
        "client_secret": XBOX_CLIENT_SECRET,
        "tokens": {
            "token_type": "bearer",
            "expires_in": 3600,
            "scope": "XboxLive.signin XboxLive.offline_access",
            "access_token": "EwAoTEST-long-expired-0123456789",
            "refresh_token": platforms.xbox.issue_refresh_token(),
            "user_id": "AAAAAAAAAAAAAAAAAAAAAGubTest",
            "issued": issued.replace(tzinfo=None).isoformat(),
        },
    }
    psn = {"platform": "psn", "npsso": NPSSO}
    await database.credentials.insert_many([xbox, psn])
    base = {"user_id": keeper.id, "chat_id": chat.id, "group_name": "An old title"}
    nova = platforms.player(Platform.XBOX, 1, "Halo Infinite")
    bea = platforms.player(Platform.PSN, 2, "ELDEN RING")
    cem = platforms.player(Platform.XBOX, 3), platforms.player(Platform.PSN, 3, "Gran Turismo 7")
    await database.statususers.insert_many(
        [
            base | {"display_name": "Nova", "xbox_account_id": int(nova.account_id), "xbox_gamertag": nova.name},
            base | {"display_name": "Bea", "psn_account_id": int(bea.account_id), "psn_online_id": bea.name},
            base
            | {
                "display_name": "Cem",
                "xbox_account_id": int(cem[0].account_id),
                "xbox_gamertag": cem[0].name,
                "psn_account_id": int(cem[1].account_id),
                "psn_online_id": cem[1].name,
            },
        ]
    )
    return {"xbox": xbox, "psn": psn}


async def stored(database: Database) -> dict[str, dict[str, Any]]:
    return {found["platform"]: found async for found in database.credentials.find({}, {"_id": 0})}


@pytest.mark.parametrize("upgraded", [False, True], ids=["written after the upgrade", "upgraded"])
@pytest.mark.parametrize("key", ["", PASSPHRASE], ids=["in the clear", "with a key"])
async def test_d65_d70_d74_the_predecessors_database_works_as_it_is(  # noqa: PLR0917 - fixtures
    world: World, bare_place: Place, platforms: Platforms, database: Database, upgraded: bool, key: str
) -> None:
    """The old bot may even still write: documents of its kind that come after the upgrade work too."""
    ((ana, chat),) = groups(world, 1)
    if not upgraded:
        await (await open_store(bare_place.mongo_uri or "", database.name, clock=SystemClock())).close()
    before = await write_as_the_predecessor(database, platforms, ana, chat)
    place = bare_place.having(GUB_SECRET_KEY=key) if key else bare_place
    if upgraded:
        done = await gub(place, "db", "upgrade")
        assert done.code == 0, done.output
        assert {type(one["xbox_account_id"]) async for one in database.statususers.find({"display_name": "Nova"})} == {
            str
        }
        assert not isinstance((await stored(database))["xbox"]["tokens"]["issued"], str)
    async with bot_in_process(place):
        status = await status_with(world, ana, chat, "Halo Infinite", "ELDEN RING", "Gran Turismo 7")
    told = rows(status)
    assert {name: doing.partition(" on ")[0] for name, doing in told.items()} == {
        "Nova": "Halo Infinite",
        "Bea": "ELDEN RING",
        "Cem": "Gran Turismo 7",
    }
    assert "hidden" not in all_texts(world)
    assert platforms.renewals == {Platform.XBOX: 1, Platform.PSN: 0}
    assert platforms.npsso_uses == 1, "the old bot stored nothing that came of it"
    after = await stored(database)
    assert after["xbox"]["tokens"]["refresh_token"] != before["xbox"]["tokens"]["refresh_token"]
    secrets = {f"{p}.{n}": after[p][n] for p in after for n in SECRETS if n in after[p]}
    secrets |= {f"{p}.{n}": after[p]["tokens"][n] for p in after for n in TOKEN_SECRETS if n in after[p]["tokens"]}
    assert len(secrets) == 7
    assert [name for name, value in secrets.items() if value.startswith("enc:") is not bool(key)] == []
    async with bot_in_process(place):
        await status_with(world, ana, chat, "Halo Infinite", "ELDEN RING", "Gran Turismo 7")
    assert platforms.renewals == {Platform.XBOX: 1, Platform.PSN: 0}, "what was stored is of use"
    assert platforms.npsso_uses == 1


async def test_d65_people_of_the_predecessor_and_new_ones_stand_together(
    world: World, place: Place, platforms: Platforms, database: Database
) -> None:
    ((ana, chat),) = groups(world, 1)
    store = await open_store(place.mongo_uri or "", database.name, clock=SystemClock())
    await put(store, ana, chat, {"Dee": platforms.player(Platform.STEAM, 9, "Dota 2")})
    await store.close()
    await database.credentials.delete_many({"platform": {"$ne": "steam"}})
    await write_as_the_predecessor(database, platforms, ana, chat)
    async with bot_in_process(place):
        status = await status_with(world, ana, chat, "Dota 2", "Halo Infinite", "ELDEN RING")
    assert sorted(rows(status)) == ["Bea", "Cem", "Dee", "Nova"]
