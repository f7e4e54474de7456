"""The owner's credentials from Telegram: given, proved, used at once, watched; what is secret does not stay."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from gub.clock import SystemClock
from gub.domain.credentials import CredentialStatus, Tokens
from gub.domain.values import Platform
from gub.sandbox.platforms import SimulatedPlatforms
from gub.sandbox.psn import NPSSO, Psn
from gub.sandbox.server import SimServer
from gub.sandbox.steam import STEAM_KEY, Steam
from gub.sandbox.telegram.models import SimMessage, User
from gub.sandbox.telegram.world import World
from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Xbox
from gub.services.credentials import REDIRECT_URI
from gub.store.store import Store
from tests.scenarios.conversation import ask, bot_messages, tap, until
from tests.scenarios.running import BotProcess, Place, bot_in_process

CLOCK = SystemClock()


@dataclass
class Stage:
    world: World
    steam: Steam
    xbox: Xbox
    psn: Psn
    store: Store
    place: Place
    owner: User

    async def last(self, words: str, user: User | None = None) -> SimMessage:
        """Wait until the bot's last message in private says this."""

        def found() -> SimMessage | None:
            messages = bot_messages(self.world, user or self.owner)
            return messages[-1] if messages and words in messages[-1].text else None

        return await until(self.world, found)

    async def told(self, user: User, words: str) -> SimMessage:
        """Wait until the bot has said this in private, last or not."""
        return await until(
            self.world, lambda: next((one for one in bot_messages(self.world, user) if words in one.text), None)
        )

    async def tap(self, message: SimMessage, label: str) -> str:
        return (await tap(self.world, self.owner, message, label)).text or ""

    def written(self) -> str:
        """All that can be read in the owner's private chat."""
        return "\n".join(message.text for message in self.world.messages(self.owner) if not message.deleted)

    async def status_of(self, platform: Platform) -> CredentialStatus | None:
        return {state.platform: state.status for state in await self.store.credentials.states()}.get(platform)


@pytest.fixture
async def stage(world: World, store: Store, mongo_uri: str, database_name: str) -> AsyncIterator[Stage]:
    steam, xbox, psn = Steam(CLOCK), Xbox(CLOCK), Psn(CLOCK)
    owner = world.add_user("Olga")
    async with SimServer(world, platforms=SimulatedPlatforms(steam, xbox, psn)) as sim:
        place = Place(sim, mongo_uri, database_name, {"GUB_OWNER_IDS": str(owner.id)})
        yield Stage(world, steam, xbox, psn, store, place, owner)


@pytest.fixture
async def bot(stage: Stage) -> AsyncIterator[None]:
    async with bot_in_process(stage.place):
        yield


@pytest.mark.usefixtures("bot")
async def test_d72_without_any_credential_all_else_works(stage: Stage) -> None:
    """D72: the predecessor did not even start without its credentials."""
    world, ana, bea = stage.world, stage.world.add_user("Ana"), stage.world.add_user("Bea")
    chat = world.add_group("Friday Squad", [ana, bea])
    world.add_bot(chat, ana)
    await until(world, lambda: bot_messages(world, chat))
    made = await ask(world, ana, chat, "/newgroup Warzone")
    await tap(world, bea, made, "Join")
    said = world.say(ana, chat, "/notify Warzone")
    await until(world, lambda: bot_messages(world, chat, said.id))
    shown = await ask(world, stage.owner, stage.owner, "/credentials")
    assert shown.text.count("none") == 3


@pytest.mark.usefixtures("bot")
async def test_d74_an_npsso_is_renewed_in_the_chat_and_used_at_once(stage: Stage) -> None:
    """D74: renewing took a shell on the server, and the secret lay about in the clear."""
    shown = await ask(stage.world, stage.owner, stage.owner, "/credentials")
    await stage.tap(shown, "Set NPSSO")
    prompt = await stage.last("ssocookie")
    assert "don't sign out" in prompt.text.lower()
    said = stage.world.say(stage.owner, stage.owner, f'{{"npsso":"{NPSSO}"}}')
    await stage.last("PlayStation accepts it")
    assert said.deleted
    assert NPSSO not in stage.written()
    assert await stage.status_of(Platform.PSN) is CredentialStatus.OK
    nova = stage.psn.add_account("nova_psn", game="Helldivers 2")
    added = await ask(stage.world, stage.owner, stage.owner, f"/add Nova psn:{nova.online_id}")
    assert "Nova" in added.text
    assert "Helldivers" in (await ask(stage.world, stage.owner, stage.owner, "/status")).text


@pytest.mark.usefixtures("bot")
async def test_the_secret_is_gone_before_it_is_tried_and_one_may_send_another(stage: Stage) -> None:
    shown = await ask(stage.world, stage.owner, stage.owner, "/credentials")
    await stage.tap(shown, "Set Steam key")
    await stage.last("register a key")
    wrong = stage.world.say(stage.owner, stage.owner, "not a key")
    await stage.last("32 hexadecimal digits")
    assert wrong.deleted
    asked = len(stage.steam.requests)
    other = stage.world.say(stage.owner, stage.owner, "0" * 32)
    await stage.last("Steam refuses that key")
    assert other.deleted
    assert len(stage.steam.requests) > asked
    assert await stage.status_of(Platform.STEAM) is None
    right = stage.world.say(stage.owner, stage.owner, STEAM_KEY)
    await stage.last("Steam accepts it")
    assert right.deleted
    assert await stage.store.credentials.steam_key() == STEAM_KEY
    later = stage.world.say(stage.owner, stage.owner, "hello?")
    await stage.last("I only understand commands")
    assert not later.deleted


@pytest.mark.usefixtures("bot")
async def test_d25_the_typed_word_cancel_is_no_secret(stage: Stage) -> None:
    shown = await ask(stage.world, stage.owner, stage.owner, "/credentials")
    await stage.tap(shown, "Set Steam key")
    prompt = await stage.last("register a key")
    assert "Nothing was changed" in (await ask(stage.world, stage.owner, stage.owner, "Cancel")).text
    await until(stage.world, lambda: not prompt.buttons)
    assert "I only understand commands" in (await ask(stage.world, stage.owner, stage.owner, "0" * 32)).text
    assert not stage.steam.requests


@pytest.mark.usefixtures("bot")
async def test_a_message_that_cannot_be_deleted_is_for_the_owner_to_delete(stage: Stage) -> None:
    shown = await ask(stage.world, stage.owner, stage.owner, "/credentials")
    await stage.tap(shown, "Set Steam key")
    await stage.last("register a key")
    stage.world.fail("deleteMessage", "400", times=1)
    stage.world.say(stage.owner, stage.owner, STEAM_KEY)
    told = await stage.last("Steam accepts it")
    assert "please delete it yourself" in told.text


@pytest.mark.usefixtures("bot")
async def test_a_file_with_the_secret_is_deleted_and_text_asked_for(stage: Stage) -> None:
    file = {"document": {"file_id": "f", "file_unique_id": "u", "file_name": "ssocookie.json"}}
    before = stage.world.say(stage.owner, stage.owner, "", extra=file)
    shown = await ask(stage.world, stage.owner, stage.owner, "/credentials")
    assert not before.deleted
    await stage.tap(shown, "Set NPSSO")
    await stage.last("ssocookie")
    said = stage.world.say(stage.owner, stage.owner, "", extra=file)
    await stage.last("I need it as text")
    assert said.deleted


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("between", [" ", "\n", "  \n"])
async def test_a_secret_right_in_the_command_is_taken_and_deleted(stage: Stage, between: str) -> None:
    said = stage.world.say(stage.owner, stage.owner, f"/credentials psn{between}{NPSSO}")
    await stage.last("PlayStation accepts it")
    assert said.deleted
    odd = stage.world.say(stage.owner, stage.owner, f"/credentials {NPSSO}")
    await stage.last("Like this")
    assert odd.deleted
    assert NPSSO not in stage.written()


@pytest.mark.usefixtures("bot")
async def test_in_a_group_an_owner_is_sent_to_private_and_the_secret_deleted_if_the_bot_may(stage: Stage) -> None:
    world, owner = stage.world, stage.owner
    chat = world.add_group("Friday Squad", [owner])
    world.add_bot(chat, owner)
    await until(world, lambda: bot_messages(world, chat))
    said = world.say(owner, chat, f"/credentials psn {NPSSO}")
    told = await until(world, lambda: next(iter(bot_messages(world, chat, said.id)), None))
    assert "private chat" in told.text
    assert "Get a new one" in told.text
    assert NPSSO not in told.text
    assert not stage.psn.requests


@pytest.mark.usefixtures("bot")
async def test_to_others_the_command_does_not_exist(stage: Stage) -> None:
    mallory = stage.world.add_user("Mallory")
    told = await ask(stage.world, mallory, mallory, "/credentials")
    assert "I don't know /credentials" in told.text
    forged = stage.world.press(mallory, told.chat_id, told.id, "cr:confirm:steam:", forged=True)
    await until(stage.world, lambda: stage.world.callback_answer(forged))
    chat = stage.world.add_group("Friday Squad", [mallory])
    stage.world.add_bot(chat, mallory)
    await until(stage.world, lambda: bot_messages(stage.world, chat))
    said = stage.world.say(mallory, chat, "/credentials")
    await ask(stage.world, mallory, chat, "/about")
    assert len(bot_messages(stage.world, chat, said.id)) == 1


@pytest.mark.usefixtures("bot")
async def test_xbox_is_signed_in_to_anew_by_a_link_and_the_pasted_address(stage: Stage) -> None:
    now = CLOCK.now()
    await stage.store.credentials.set_xbox(
        XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Tokens("a", "b", now, 3600), now, now + timedelta(days=200)
    )
    shown = await ask(stage.world, stage.owner, stage.owner, "/credentials")
    await stage.tap(shown, "Sign in to Xbox")
    prompt = await stage.last("Copy that whole address")
    address = next(b["url"] for row in prompt.keyboard for b in row if b.get("url"))
    state = address.partition("state=")[2].partition("&")[0]
    wrong = stage.world.say(stage.owner, stage.owner, stage.xbox.authorise("another", REDIRECT_URI))
    await stage.last("another sign-in")
    redirected = stage.xbox.authorise(state, REDIRECT_URI)
    said = stage.world.say(stage.owner, stage.owner, redirected)
    await stage.last("Xbox accepts it")
    assert wrong.deleted
    assert said.deleted
    assert redirected not in stage.written()
    (kept,) = [one for one in await stage.store.credentials.states() if one.platform is Platform.XBOX]
    assert kept.secret_expires_at is not None
    assert await stage.status_of(Platform.XBOX) is CredentialStatus.OK


@pytest.mark.usefixtures("bot")
async def test_checking_and_deleting_by_the_buttons(stage: Stage) -> None:
    await stage.store.credentials.set_steam_key(STEAM_KEY)
    shown = await ask(stage.world, stage.owner, stage.owner, "/credentials")
    assert "not tried yet" in shown.text
    await stage.tap(shown, "Check now")
    await until(stage.world, lambda: "works" in shown.text)
    stage.steam.key = "1" * 32
    await stage.tap(shown, "Check now")
    await until(stage.world, lambda: "Steam refuses that key" in shown.text)
    await stage.tap(shown, "Delete Steam")
    assert "/status goes without Steam" in shown.text
    await stage.tap(shown, "Cancel")
    assert await stage.status_of(Platform.STEAM) is CredentialStatus.OK, "one refusal is no proof"
    await stage.tap(shown, "Delete Steam")
    assert "deleted" in await stage.tap(shown, "Confirm")
    assert await stage.status_of(Platform.STEAM) is None


async def test_owners_are_told_of_an_end_and_of_a_death_once_over_restarts(stage: Stage) -> None:
    other = stage.world.add_user("Otto")
    # The first never wrote to the bot: that must not keep it from the others.
    place = stage.place.having(GUB_OWNER_IDS=f"{stage.world.add_user('Odd').id},{stage.owner.id},{other.id}")
    now = CLOCK.now()
    await stage.store.credentials.set_psn("w" * 64, Tokens("old-access", "old-refresh", now, 3600, 6 * 86_400), now)
    for owner in (stage.owner, other):
        stage.world.say(owner, owner, "/start")
    async with bot_in_process(place):
        await stage.told(stage.owner, "My PlayStation sign-in ends in 6 days")
        await stage.told(other, "My PlayStation sign-in ends in 6 days")
    await stage.store.credentials.set_psn("w" * 64, Tokens("old-access", "old-refresh", now, 0, 60 * 86_400), now)
    for _ in range(2):
        async with bot_in_process(place):
            notice = await stage.told(stage.owner, "doesn't accept my credential any more")
            await ask(stage.world, stage.owner, stage.owner, "/about")
    assert notice.button("Set NPSSO")
    assert await stage.status_of(Platform.PSN) is CredentialStatus.DEAD
    texts = [one.text for one in bot_messages(stage.world, stage.owner)]
    assert sum("doesn't accept" in text for text in texts) == 1
    assert sum("ends in 6 days" in text for text in texts) == 1


async def test_the_command_line_beside_a_running_bot_gives_it_a_platform_at_once(stage: Stage, tmp_path: Path) -> None:
    place = Place(stage.place.sim, None, "gub", {**stage.place.extra, "GUB_DATA_DIR": str(tmp_path / "data")})
    process = BotProcess(place)
    try:
        await process.start()
        refused = await ask(stage.world, stage.owner, stage.owner, "/add Nova psn:nova_psn")
        assert "isn't set up yet" in refused.text
        stage.psn.add_account("nova_psn", game="Helldivers 2")
        command = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "gub", "credentials", "psn"),
            env={**_clean(), **place.environ, "GUB_PSN_NPSSO": NPSSO},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        shown, _ = await command.communicate()
        assert command.returncode == 0, shown.decode()
        added = await ask(stage.world, stage.owner, stage.owner, "/add Nova psn:nova_psn")
        assert "Nova" in added.text
        assert "Helldivers" in (await ask(stage.world, stage.owner, stage.owner, "/status")).text
    finally:
        await process.aclose()


def _clean() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("GUB_")}
