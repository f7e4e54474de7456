"""No token, code or secret of Xbox's chain is ever printed: every secret of these tests has SECRET in it."""

import asyncio
import gc
import logging
import traceback
from collections.abc import Callable

import pytest

from gub.domain.credentials import XboxCredential
from gub.platforms.errors import PlatformError
from gub.platforms.xbox import XboxClient
from gub.platforms.xbox.session import XboxSession
from tests.platforms.server import Answer, answer
from tests.platforms.shelf import FakeShelf
from tests.platforms.xbox_answers import NOVA, Xbox, person, profile

PARTS = ["login", "user", "xsts", "profile", "search", "presence"]
ECHO = "SECRET-echo"


def everything_of(client: XboxClient) -> str:
    """What somebody who prints a client and all within it would see."""
    session = client._session
    assert isinstance(session, XboxSession)
    within = [client, session, session._keeper, session._desk, session._transport]
    return " ".join(f"{one!r} {vars(one)!r}" for one in within)


@pytest.fixture
def printed(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    caplog.set_level(logging.DEBUG)

    def read() -> str:
        output = capsys.readouterr()
        return caplog.text + output.out + output.err

    return read


async def ask_everything(client: XboxClient) -> str:
    shown = ""
    for asking in (client.sign_in, client.probe, lambda: client.presences([NOVA]), lambda: client.look_up("Nova#1")):
        try:
            shown += repr(await asking())
        except PlatformError as error:
            shown += f"{error!r} {error} {''.join(traceback.format_exception(error))}"
    return shown


async def test_nothing_is_printed_when_all_goes_well(
    xbox_client: XboxClient, xbox: Xbox, xbox_shelf: FakeShelf[XboxCredential], printed: Callable[[], str]
) -> None:
    xbox.people, xbox.profiles = [person(NOVA)], [profile(NOVA, "Nova1", "Nova", "1")]
    shown = await ask_everything(xbox_client)
    shown += everything_of(xbox_client) + repr(xbox_shelf) + repr(asyncio.all_tasks())
    assert xbox.counts["presence"] == 1
    assert "SECRET" not in shown + printed()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "reply",
    [
        answer(400, {"error": ECHO, "error_description": ECHO}),
        answer(400, {"error": "invalid_grant", "error_description": ECHO}),
        answer(401, {"XErr": 2148916233, "Message": ECHO, "Redirect": f"https://x/{ECHO}"}),
        answer(401, {"XErr": ECHO}),
        answer(401, ECHO),
        answer(403, ECHO),
        answer(404, ECHO),
        answer(302, Location=f"https://x/?code={ECHO}"),
        answer(429, ECHO, Retry_After="100"),
        answer(500, ECHO),
        answer(200, ECHO),
        answer(200, {"access_token": [ECHO], "Token": ECHO, "NotAfter": ECHO, ECHO: ECHO}),
        f"{ECHO}\r\n\r\n".encode(),
        None,
    ],
    ids=range(14),
)
async def test_nothing_is_printed_when_a_part_refuses(
    xbox_client: XboxClient, xbox: Xbox, printed: Callable[[], str], part: str, reply: Answer
) -> None:
    xbox.always[part] = reply
    shown = await ask_everything(xbox_client) + everything_of(xbox_client)
    gc.collect()  # an exception that nobody looked at would be printed now
    assert "SECRET" not in shown + printed()
