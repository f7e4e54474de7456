"""The ways in which aiogram's own loop loses updates (facts of telegram, section 0), each of which is closed here.

All on a real MongoDB wire server; Telegram is a server that confirms by offset, as the real one does.
"""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.methods import GetUpdates
from aiogram.methods.base import Response
from aiogram.types import Message
from pydantic import ValidationError

from gub.clock import SystemClock
from gub.store.dialogs import open_dialogs
from gub.store.mongo import is_unavailable
from gub.store.store import Store
from gub.telegram.dialogs.book import DialogBook
from gub.telegram.gateway.pace import Pace
from gub.telegram.gateway.session import GatewaySession
from gub.telegram.intake.inbox import Intake
from gub.telegram.intake.polling import Polling
from gub.telegram.intake.updates import RawUpdate
from tests.telegram.intake.support import BOT_ID, TOKEN, Delayed, Handler, Telegram, message
from tests.telegram.intake.test_webhook import webhook

CLOCK = SystemClock()
POISON = {"update_id": 2, "message": {**message(2)["message"], "from": {"id": "not a number"}}}
"""An update that aiogram 3.31 cannot decode."""


def intake_on(store: Store, handler: Any) -> Intake:
    return Intake(BOT_ID, store.inbox, handler, CLOCK, is_unavailable=is_unavailable, on_delay=Delayed())


@asynccontextmanager
async def bot_at(url: str) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, session=GatewaySession(url, CLOCK, pace=Pace.unlimited()))
    try:
        yield bot
    finally:
        await bot.session.close()


async def test_1_sigterm_with_40_updates_in_flight_all_are_finished(store: Store) -> None:
    """aiogram: the offset had confirmed them, and their tasks were cancelled (start_polling does not wait)."""
    telegram, handler = Telegram(), Handler()
    handler.hold(*range(1, 41))
    telegram.deliver(*[message(n, n % 20) for n in range(1, 41)])
    async with telegram.serving() as url, bot_at(url) as bot:
        intake = intake_on(store, handler)
        await intake.recover()
        polling = Polling(bot, intake, CLOCK, ["message"])
        running = asyncio.create_task(polling.run())
        await telegram.until(lambda there: there.offset == 41)
        await handler.until(lambda seen: len(seen.began) == 20)
        polling.stop()  # what SIGTERM does
        await running
        draining = asyncio.create_task(intake.drain(20))
        handler.release()
        assert await draining == 0
    assert sorted(handler.ended) == list(range(1, 41))
    assert await store.inbox.pending(BOT_ID) == []


async def test_2_webhook_what_was_answered_200_is_finished_at_shutdown(store: Store) -> None:
    """aiogram: SimpleRequestHandler answers 200 first, and nothing awaits its background tasks at shutdown."""
    handler = Handler()
    handler.hold(1, 2)
    intake = intake_on(store, handler)
    await intake.recover()
    async with webhook(intake, CLOCK) as post:  # type: ignore[arg-type]
        assert [(await post(message(n, n))).status for n in (1, 2)] == [200, 200]
        await handler.until(lambda seen: sorted(seen.began) == [1, 2])
    draining = asyncio.create_task(intake.drain(20))
    handler.release()
    assert await draining == 0
    assert sorted(handler.ended) == [1, 2]


async def test_3_one_update_that_cannot_be_decoded_costs_only_itself(store: Store) -> None:
    """aiogram: the batch is decoded at once, so 1 and 3 were never handled and polling was stuck for good."""
    with pytest.raises(ValidationError):
        Response[GetUpdates.__returning__].model_validate(  # type: ignore[name-defined]
            {"ok": True, "result": [message(1), POISON, message(3)]}
        )
    telegram, answered = Telegram(), Handler()
    dispatcher = Dispatcher()

    async def answer(_message: Message, event_update: Any) -> None:
        await answered({"update_id": event_update.update_id})

    dispatcher.message.register(answer)
    telegram.deliver(message(1), POISON, message(3))
    async with telegram.serving() as url, bot_at(url) as bot:

        async def handle(raw: RawUpdate) -> None:
            await dispatcher.feed_raw_update(bot, raw)

        intake = intake_on(store, handle)
        await intake.recover()
        polling = Polling(bot, intake, CLOCK, ["message"])
        running = asyncio.create_task(polling.run())
        await answered.until(lambda seen: seen.ended == [1, 3])
        await telegram.until(lambda there: there.offset == 4)
        polling.stop()
        await running
        assert await intake.drain(10) == 0


async def test_4_dialogs_stay_open_for_handlers_that_still_run(
    store: Store, mongo_uri: str, database_name: str
) -> None:
    """aiogram: the dispatcher's shutdown closes the storage of its dialogs first, with handlers in flight."""
    states = open_dialogs(mongo_uri, database_name, CLOCK)
    dispatcher = Dispatcher(dialogs=DialogBook(states))
    handler = Handler()
    handler.hold(1)

    async def remember(said: Message, dialogs: DialogBook, event_update: Any) -> None:
        await handler({"update_id": event_update.update_id})
        await dialogs.open(BOT_ID, 7, 7, "test", {"said": said.text})

    dispatcher.message.register(remember, F.text)
    async with bot_at("http://127.0.0.1:9") as bot:

        async def handle(raw: RawUpdate) -> None:
            await dispatcher.feed_raw_update(bot, raw)

        intake = intake_on(store, handle)
        await intake.recover()
        sender = {"from": {"id": 7, "is_bot": False, "first_name": "A"}}
        await intake.accept([{"update_id": 1, "message": {**message(1, 7)["message"], **sender}}])
        await handler.until(lambda seen: seen.began == [1])
        await dispatcher.emit_shutdown(bot=bot)
        handler.release()
        assert await intake.drain(10) == 0
    dialog = await DialogBook(states).latest(BOT_ID, 7, 7)
    assert dialog is not None
    assert dialog.data == {"said": "hello"}
    await states.close()


async def test_5_closing_the_dialogs_leaves_the_stores_client_open(
    store: Store, mongo_uri: str, database_name: str
) -> None:
    """aiogram: PyMongoStorage.close closes the client it was given, and whoever shared it fails from then on."""
    states = open_dialogs(mongo_uri, database_name, CLOCK)
    await DialogBook(states).open(1, 3, 2, "test", {})
    await states.close()
    handler = Handler()
    intake = intake_on(store, handler)
    await intake.recover()
    await intake.accept([message(1)])
    await handler.until(lambda seen: seen.ended == [1])
    assert await intake.drain(10) == 0


async def test_6_killed_between_storing_and_handling_the_next_process_handles_it_once(
    store: Store, mongo_uri: str, database_name: str
) -> None:
    """aiogram has no inbox: what was confirmed and not handled when the process died is gone."""
    telegram = Telegram()
    telegram.deliver(message(1, 1), message(2, 2), message(3, 2), message(4, 3))
    async with telegram.serving() as url:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.telegram.intake.victim", url, mongo_uri, database_name),
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )
        try:
            assert child.stdout is not None
            assert json.loads(await asyncio.wait_for(child.stdout.readline(), 30)) == [1]
            await telegram.until(lambda there: there.offset == 5)
        finally:
            child.send_signal(signal.SIGKILL)
            await child.wait()
        telegram.deliver(message(2, 2), message(4, 3))  # and Telegram had not noticed

        handler = Handler()
        intake = intake_on(store, handler)
        async with bot_at(url) as bot:
            await intake.recover()
            polling = Polling(bot, intake, CLOCK, ["message"])
            running = asyncio.create_task(polling.run())
            await telegram.until(lambda there: there.offset == 5)
            polling.stop()
            await running
        assert await intake.drain(10) == 0
    assert sorted(handler.ended) == [2, 3, 4]
    assert handler.ended.index(2) < handler.ended.index(3)
