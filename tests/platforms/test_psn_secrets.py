"""Nothing secret is in an error, a repr or a log line (psnawp's debug log has all of it)."""

import logging
import traceback

import pytest
from structlog.testing import capture_logs

from gub.domain.credentials import PsnCredential
from gub.platforms.errors import PlatformError
from gub.platforms.psn import PsnClient, psn_budgets
from gub.platforms.transport import Transport
from tests.platforms.clocks import SkippingClock
from tests.platforms.psn_answers import (
    BAD_TOKEN,
    CODE_GIVEN,
    EXPIRED,
    INVALID_REFRESH,
    LIMITED,
    NOVA,
    NPSSO,
    ORBIT,
    PRIVATE,
    MemoryShelf,
    Psn,
    presence,
    redirect,
    token_body,
    tokens,
)
from tests.platforms.server import Server, answer

LEAKY = answer(400, {"error": "invalid_scope", "error_description": f"SecretRefresh0 {NPSSO}", "error_code": 5})
DEAD, RENEWED, NOTHING = ["credential is dead"], ["signed in anew"], list[str]()
SCRIPTS = [
    ([], NOTHING),
    ([BAD_TOKEN, INVALID_REFRESH, EXPIRED], DEAD),
    ([BAD_TOKEN, INVALID_REFRESH, CODE_GIVEN, LEAKY], NOTHING),
    ([BAD_TOKEN, INVALID_REFRESH, CODE_GIVEN, answer(200, "SecretAccess9")], NOTHING),
    ([BAD_TOKEN, LEAKY], NOTHING),
    ([BAD_TOKEN, answer(200, {"access_token": ["SecretAccess9"]})], NOTHING),
    ([BAD_TOKEN, answer(200, token_body(2)), BAD_TOKEN], RENEWED),
    ([BAD_TOKEN, INVALID_REFRESH, redirect(f"https://x.example/?error=SecretWord&x={NPSSO}")], NOTHING),
    ([BAD_TOKEN, INVALID_REFRESH, redirect(f"https://x.example/?code=v3.SecretCode&x={NPSSO}")], NOTHING),
    ([BAD_TOKEN, INVALID_REFRESH, LIMITED], NOTHING),
    ([BAD_TOKEN, None], NOTHING),
    ([PRIVATE, PRIVATE, PRIVATE], NOTHING),
]


@pytest.mark.parametrize(("script", "events"), SCRIPTS)
async def test_no_secret_is_seen_from_outside(
    server: Server,
    clock: SkippingClock,
    script: list[bytes | None],
    events: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    transport = Transport(f"{server.url}/platforms", clock)
    shelf = MemoryShelf(PsnCredential(NPSSO, tokens(clock.now()), grant="g"))
    client = PsnClient(transport, psn_budgets(clock), shelf, clock)
    server.handler = Psn(presence(NOVA))
    said = []
    with capture_logs() as lines:
        for asking in (client.presences([NOVA, ORBIT]), client.look_up("nova"), client.probe()):
            server.script.clear()
            server.script.extend(script)
            try:
                said.append(repr(await asking))
            except PlatformError as error:
                said += [repr(error), str(error), *traceback.format_exception(error)]
        await client.aclose()
        await transport.aclose()
    said += [repr(vars(client)), repr(shelf.credential), repr(transport), repr(lines), caplog.text]
    assert [line["event"] for line in lines][:1] == events
    everything = "\n".join(said)
    assert "Secret" not in everything
    assert NPSSO not in everything
    assert "MDk1MTUxNTkt" not in everything
