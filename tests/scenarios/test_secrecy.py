"""No secret of a credential appears in the log at debug level, in the chat, in a `repr`, or in an export."""

import logging
import secrets
from pathlib import Path

import pytest
import structlog

from gub import log
from gub.clock import SystemClock
from gub.credential_commands import show_credentials
from gub.doctor import examine
from gub.domain.credentials import Tokens
from gub.maintenance import export_database
from gub.sandbox.psn import NPSSO
from gub.sandbox.steam import STEAM_KEY
from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET
from gub.services.credentials import REDIRECT_URI
from tests.scenarios.conversation import ask, bot_messages, until
from tests.scenarios.running import bot_in_process
from tests.scenarios.test_credentials import Stage, stage
from tests.support.logs import restored_logging

__all__ = ["restored_logging", "stage"]

CLOCK = SystemClock()


@pytest.fixture
def issued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every code and token that anybody makes from here on."""
    made: list[str] = []
    make = secrets.token_urlsafe

    def recorded(size: int | None = None) -> str:
        made.append(make(size))
        return made[-1]

    monkeypatch.setattr(secrets, "token_urlsafe", recorded)
    return made


@pytest.mark.usefixtures("restored_logging")
@pytest.mark.parametrize("form", ["console", "json"])
async def test_no_secret_leaves_by_any_road(
    stage: Stage, issued: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, form: str
) -> None:
    log.configure("debug", "json" if form == "json" else "console")
    async with bot_in_process(stage.place):
        await _live_through_everything(stage)
        seen = [await stage.store.credentials.xbox(), await stage.store.credentials.psn()]
    settings = stage.place.settings
    said: list[str] = []
    await examine(settings, CLOCK, said.append)
    await show_credentials(settings, CLOCK, said.append)
    await export_database(settings, CLOCK, tmp_path / "out", said.append, secrets=False)
    captured = capsys.readouterr()
    shown = {
        "log": captured.err + captured.out,
        "said": "\n".join(said),
        "repr": repr(seen) + repr(await stage.store.credentials.states()),
        "export": "\n".join(path.read_text() for path in (tmp_path / "out").iterdir()),
        "chat": "\n".join(message.text for message in stage.world.messages(stage.owner) if not message.deleted),
    }
    assert "signed in anew" in shown["log"]
    assert len(issued) > 10
    for secret in {STEAM_KEY, NPSSO, XBOX_CLIENT_SECRET, *issued}:
        assert [place for place, text in shown.items() if secret in text] == []


async def _live_through_everything(stage: Stage) -> None:
    """Give all credentials, use them, let tokens end, services fail, and credentials die."""
    world, owner = stage.world, stage.owner
    structlog.get_logger("gub.test").debug("debug is on", level=logging.getLogger().level)
    world.say(owner, owner, f"/credentials psn {NPSSO}")
    await stage.told(owner, "PlayStation accepts it")
    world.say(owner, owner, f"/credentials steam {STEAM_KEY}")
    await stage.told(owner, "Steam accepts it")
    await _sign_in_to_xbox(stage)
    stage.psn.add_account("nova_psn", game="Helldivers 2")
    stage.xbox.add_account("Nova Storm", game="Halo Infinite")
    stage.steam.add_account("nova", vanity="nova")
    await ask(world, owner, owner, "/add Nova psn:nova_psn xbox:Nova Storm steam:nova")
    for trouble in ("401", "503", "garbage", "drop"):
        stage.xbox.fail(trouble, where="presence")
        stage.psn.fail(trouble, where="presence")
        stage.steam.fail("403" if trouble == "401" else trouble)
    stage.xbox.expire_access_tokens()
    stage.psn.expire_access_tokens()
    await ask(world, owner, owner, "/status")
    shown = await ask(world, owner, owner, "/credentials")
    stage.xbox.clear_faults()
    stage.psn.clear_faults()
    stage.steam.clear_faults()
    await stage.tap(shown, "Check now")
    await until(world, lambda: "Check now" in str(shown.keyboard) and "Trying" not in shown.text)
    stage.psn.expire_access_tokens()
    stage.psn.revoke_refresh_tokens()
    stage.psn.expire_npsso()
    stage.xbox.expire_access_tokens()
    stage.xbox.revoke_refresh_tokens()
    stage.steam.key = "1" * 32
    await stage.tap(shown, "Check now")
    await until(world, lambda: "refuses" in shown.text)
    world.say(owner, owner, f"/credentials psn {NPSSO}")
    await stage.told(owner, "Sony does not accept this NPSSO")
    await until(world, lambda: bot_messages(world, owner))


async def _sign_in_to_xbox(stage: Stage) -> None:
    now = CLOCK.now()
    await stage.store.credentials.set_xbox(XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Tokens("a" * 20, "b" * 20, now, 1), now)
    shown = await ask(stage.world, stage.owner, stage.owner, "/credentials")
    await stage.tap(shown, "Sign in to Xbox")
    prompt = await stage.last("Copy that whole address")
    address = next(button["url"] for button in prompt.buttons if button.get("url"))
    state = address.partition("state=")[2].partition("&")[0]
    stage.world.say(stage.owner, stage.owner, stage.xbox.authorise(state, REDIRECT_URI))
    await stage.told(stage.owner, "Xbox accepts it")
