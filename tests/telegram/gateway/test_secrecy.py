"""The token is in every URL, and must be in nothing that anybody prints."""

import logging
import traceback

import pytest

from gub.telegram.gateway import GatewaySession, Retries, outcomes

from aiogram import Bot  # isort: skip

from tests.support.clock import FakeClock
from tests.telegram.gateway.conftest import Log
from tests.telegram.support import TOKEN, Server, Step, answer, drop, drop_midway, let_time_run, refuse

SECRET = TOKEN.partition(":")[2]
LOCATION = f"http://127.0.0.1:1/bot{TOKEN}/sendMessage"

STEPS: list[Step] = [
    drop,
    drop_midway,
    answer(502, f"<html>/bot{TOKEN}/sendMessage</html>".encode()),
    answer(200, f"/bot{TOKEN}/sendMessage".encode()),
    answer(200, {"ok": True, "result": f"/bot{TOKEN}/sendMessage"}),
    answer(302, b"", {"Location": LOCATION}),
    answer(302, b"", {"Location": f"ftp://bot{TOKEN}"}),
    refuse(500, f"cannot serve /bot{TOKEN}/sendMessage"),
    refuse(429, f"too much of /bot{TOKEN}/sendMessage"),
    refuse(404, f"Not Found: /bot{TOKEN}/sendMessage"),
    refuse(403, f"Forbidden: bot{TOKEN} was kicked"),
    refuse(400, f"Bad Request: {TOKEN}"),
]


@pytest.fixture(params=STEPS)
def failing(request: pytest.FixtureRequest, server: Server) -> None:
    server.otherwise = request.param


@pytest.mark.usefixtures("failing")
async def test_no_failure_shows_the_token(bot: Bot, clock: FakeClock, log: Log, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(outcomes.Refused) as caught:
        await let_time_run(clock, bot.send_message(-1, "a message text"))
    shown = [*all_of(caught.value), log.text, caplog.text, repr(bot), repr(bot.session)]
    assert SECRET not in "\n".join(shown)
    assert "a message text" not in "\n".join(all_of(caught.value)[:-1])
    assert "a message text" not in log.text


async def test_nor_does_a_base_url_that_is_none(clock: FakeClock):
    session = GatewaySession("http://:::", clock, retries=Retries(tries=1))
    bot = Bot(TOKEN, session=session)
    with pytest.raises(outcomes.Unreachable) as caught:
        await bot.get_me()
    assert SECRET not in "\n".join(all_of(caught.value))
    await session.close()


async def test_nor_does_a_download(bot: Bot):
    with pytest.raises(outcomes.Unreachable) as caught:
        await bot.download_file("somewhere/file.txt")
    assert SECRET not in "\n".join(all_of(caught.value))


def all_of(error: BaseException) -> list[str]:
    """Everything that a log could show of an exception, whatever it was made from included."""
    texts = []
    seen: BaseException | None = error
    while seen is not None:
        texts += [str(seen), repr(seen), repr(seen.args), repr(vars(seen))]
        seen = seen.__cause__ or seen.__context__
    return [*texts, "".join(traceback.format_exception(error))]
