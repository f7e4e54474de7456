"""The whole story of credentials at debug level: no secret in the log, a command's words, a chat, or an export.

Every token that the simulators ever made is remembered, whatever became of it.
"""

import secrets
from datetime import timedelta
from pathlib import Path

import pytest

from gub import log
from gub.domain.values import Platform
from gub.sandbox.psn import NPSSO
from gub.sandbox.psn import tokens as psn_tokens
from gub.sandbox.steam import STEAM_KEY
from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.sandbox.telegram.world import World
from gub.sandbox.xbox import XBOX_CLIENT_SECRET
from gub.sandbox.xbox import tokens as xbox_tokens
from gub.store.store import Store
from tests.scenarios.commands import gub, sign_in_to_xbox
from tests.scenarios.conversation import ask, groups, until
from tests.scenarios.people import all_texts, put, status_with
from tests.scenarios.platforms import EXPIRED, Platforms
from tests.scenarios.running import BotProcess, Place, bot_in_process
from tests.support.logs import restored_logging

__all__ = ["restored_logging"]

PASSPHRASE = "the passphrase of a test"
GIVEN = [NPSSO[:16], STEAM_KEY, XBOX_CLIENT_SECRET, PASSPHRASE, TEST_TOKEN]
GAMES = {platform: f"On {platform}" for platform in Platform}
FORGOTTEN = timedelta(minutes=15)


class Remembering:
    """The random parts of the simulators' tokens, as `secrets` gives them."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def token_urlsafe(self, length: int) -> str:
        self.made.append(secrets.token_urlsafe(length))
        return self.made[-1]

    @staticmethod
    def choice(letters: str) -> str:
        return secrets.choice(letters)

    def found_in(self, text: str) -> list[str]:
        """Give what is secret and stands there, also in part: whoever sees half of a token has seen too much."""
        parts = (half for made in self.made for half in (made[:16], made[-16:]))
        return sorted({one for one in (*GIVEN, *parts) if one in text})


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Remembering:
    remembering = Remembering()
    monkeypatch.setattr(psn_tokens, "secrets", remembering)
    monkeypatch.setattr(xbox_tokens, "secrets", remembering)
    return remembering


@pytest.fixture
async def squad(world: World, platforms: Platforms, store: Store) -> tuple[User, Chat]:
    """A chat with somebody playing on each platform, and a person without any account so far."""
    ((ana, chat),) = groups(world, 1)
    await put(store, ana, chat, {f"P-{p}": platforms.player(p, 1, GAMES[p]) for p in Platform})
    return ana, chat


async def test_d74_the_story_of_a_process_and_its_commands_tells_no_secret(  # noqa: PLR0917 - fixtures
    world: World,
    bare_place: Place,
    platforms: Platforms,
    made: Remembering,
    squad: tuple[User, Chat],
    tmp_path: Path,
) -> None:
    ana, chat = squad
    world.start(ana)
    place = bare_place.having(
        GUB_LOG_LEVEL="debug", GUB_LOG_FORMAT="json", GUB_SECRET_KEY=PASSPHRASE, GUB_OWNER_IDS=str(ana.id)
    )
    process = BotProcess(place)
    try:
        await process.start()
        given = [
            await gub(place, "credentials", "steam", stdin=f"{STEAM_KEY}\n"),
            await gub(place, "credentials", "psn", stdin=f'{{"npsso":"{NPSSO}"}}'),
            await sign_in_to_xbox(place, platforms.xbox),
        ]
        assert [one.code for one in given] == [0, 0, 0], given
        await status_with(world, ana, chat, *GAMES.values())
        platforms.expire_access_tokens()
        await ask(world, ana, chat, "/add Nova xbox:hidden 1x psn:hidden-1p steam:hidden1s")
        await until(world, lambda: all(platforms.renewals.values()))
        for kind, where in (("invalid_grant", "login"), ("xerr_235", "xsts"), ("html", "user"), ("garbage", "login")):
            platforms.xbox.fail(kind, where=where)
            given.append(await sign_in_to_xbox(place, platforms.xbox))
        for kind in ("4165", "tosua", "html", "403"):
            platforms.psn.fail(kind, where="authorize")
            given.append(await gub(place, "credentials", "psn", GUB_PSN_NPSSO=NPSSO))
        assert {one.code for one in given[3:]} == {1}, given[3:]
        await ask(world, ana, chat, "/join Nothing")  # which is a line at debug level
        world.say(ana, ana, f"/credentials psn {NPSSO}")
        await until(world, lambda: "PlayStation accepts it" in all_texts(world))
        process.terminate()
        assert await process.ended() == 0
    finally:
        await process.aclose()
    exported = tmp_path / "export"
    given += [
        await gub(place, "credentials", "status"),
        await gub(place, "doctor"),
        await gub(place, "db", "check"),
        await gub(place, "db", "export", str(exported)),
        await gub(place, "db", "upgrade", GUB_SECRET_KEY="another passphrase"),
        await gub(place, "credentials", "status", GUB_SECRET_KEY="another passphrase"),
    ]
    assert '"level": "debug"' in process.log
    assert len(made.made) > 10
    assert made.found_in(process.log) == []
    assert [made.found_in(one.output) for one in given] == [[]] * len(given)
    assert made.found_in(all_texts(world)) == []
    files = {path: path.read_bytes().decode("latin-1") for path in exported.rglob("*") if path.is_file()}
    assert any("statususers" in path.name for path in files)
    assert {path.name for path, text in files.items() if made.found_in(text) or "enc:" in text} == set()


@pytest.mark.usefixtures("restored_logging")
async def test_d74_no_kind_of_failure_shows_a_secret(  # noqa: PLR0917 - fixtures
    world: World,
    place: Place,
    platforms: Platforms,
    store: Store,
    made: Remembering,
    squad: tuple[User, Chat],
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Every fault at every part, in the log as `gub run` sets it up at debug level."""
    ana, chat = squad
    await platforms.give_all(store, age=EXPIRED)
    log.configure("debug", "console", place.settings.secrets())
    async with bot_in_process(place, platforms.time):
        await status_with(world, ana, chat, *GAMES.values())
        for failing, kinds, parts in (
            (platforms.xbox, XBOX_KINDS, ("login", "user", "xsts", "presence", "profile")),
            (platforms.psn, PSN_KINDS, ("authorize", "token", "presence", "profile", "search")),
        ):
            for part in parts:
                for kind in kinds:
                    platforms.expire_access_tokens()
                    failing.fail(kind, where=part, times=2, delay=1)
                    platforms.time.leap(FORGOTTEN)
                    await ask(world, ana, chat, "/status")
                failing.clear_faults()
        platforms.xbox.revoke_refresh_tokens()
        platforms.psn.revoke_refresh_tokens()
        platforms.psn.expire_npsso()
        platforms.expire_access_tokens()
        platforms.steam.key = "F" * 32
        await status_with(
            world,
            ana,
            chat,
            *("needs my owner: it doesn't let me in" for _ in Platform),
            before=lambda: platforms.time.leap(FORGOTTEN),
        )
    written = "".join(capfd.readouterr())
    assert "credential is dead" in written
    assert "platform_trouble" in written
    assert made.found_in(written) == []
    assert made.found_in(all_texts(world)) == []


XBOX_KINDS = ("400", "401", "403", "429", "500", "html", "garbage", "drop")
PSN_KINDS = ("400", "403", "429", "500", "html", "garbage", "drop")
