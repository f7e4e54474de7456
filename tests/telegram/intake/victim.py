"""A process that takes updates, finishes those of chat 1, and hangs in all others until it is killed."""

import asyncio
import sys
from collections.abc import Collection

from aiogram import Bot

from gub.clock import SystemClock
from gub.log import configure
from gub.store.inbox import Inbox
from gub.store.mongo import is_unavailable
from gub.store.store import open_store
from gub.telegram.gateway.session import GatewaySession
from gub.telegram.intake.inbox import Intake
from gub.telegram.intake.polling import Polling
from gub.telegram.intake.updates import RawUpdate
from tests.telegram.intake.support import BOT_ID, TOKEN, Delayed


async def handle(raw: RawUpdate) -> None:
    if raw["message"]["chat"]["id"] != 1:
        await asyncio.Event().wait()


class TellingInbox:
    """The store's inbox; says on stdout what is durably done."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self.add = inbox.add
        self.pending = inbox.pending

    async def done(self, bot_id: int, update_ids: Collection[int]) -> None:
        await self._inbox.done(bot_id, update_ids)
        sys.stdout.write(f"{list(update_ids)}\n")
        sys.stdout.flush()


async def main(url: str, uri: str, database: str) -> None:
    configure("error", "console")
    clock = SystemClock()
    store = await open_store(uri, database, clock=clock)
    intake = Intake(BOT_ID, TellingInbox(store.inbox), handle, clock, is_unavailable=is_unavailable, on_delay=Delayed())
    await intake.recover()
    await Polling(Bot(TOKEN, session=GatewaySession(url, clock)), intake, clock, ["message"]).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
