"""Writing the message that shows a call: for who calls, and for the upkeep."""

from dataclasses import dataclass

import structlog

from gub.clock import Clock
from gub.domain.calls import Call
from gub.domain.values import KnownUser, NotifyGroup
from gub.services.call_answers import CallBook
from gub.telegram.gateway.outcomes import Rejected
from gub.telegram.messenger import Messenger
from gub.telegram.rounds import Opening
from gub.telegram.showing import View
from gub.telegram.views import calls as views
from gub.telegram.views.clocks import Clocks
from gub.telegram.views.parts import AsTyped

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CallDesk:
    """Writes calls, each in the language that is spoken."""

    book: CallBook
    messenger: Messenger
    clock: Clock

    async def opening(self, call: Call, group: NotifyGroup, before: AsTyped | None) -> Opening:
        """Write the first message of a call, and what goes before it."""
        users = await self.book.people(call)
        called = [users.get(one, KnownUser(one, "")) for one in call.called]

        async def on_posted(chat_id: int, message_id: int, pinged: tuple[int, ...]) -> None:
            await self.book.posted(call, chat_id, message_id, pinged)

        head = views.head(call, users, await self._clocks(call))
        stands = call.message_id is not None
        return Opening(head, called, views.buttons(call, group), before, on_posted, stands=stands)

    async def edit(self, call: Call) -> bool:
        """Make its message show it. False: it is not there any more. Raises Refused."""
        if call.message_id is None:
            return False
        try:
            return await self.messenger.edit_at(call.chat_id, call.message_id, await self._view(call))
        except Rejected as refused:
            log.info("a call without mentions", chat_id=call.chat_id, refused=refused.description)
            return await self.messenger.edit_at(call.chat_id, call.message_id, await self._view(call, plain=True))

    async def send_anew(self, call: Call) -> None:
        """Post it where it has no message (any more), pinging nobody. Raises Refused."""
        sent = await self.messenger.send(call.chat_id, await self._view(call, plain=True), call.thread_id)
        await self.book.posted(call, sent[-1].chat.id, sent[-1].message_id, call.called)

    async def tell_full(self, call: Call) -> None:
        """Tell whoever called that as many come as are wanted. Raises Refused."""
        users = await self.book.people(call)
        await self.messenger.send(call.chat_id, views.full(call, users), call.thread_id, call.message_id)
        await self.book.told_full(call)

    async def _view(self, call: Call, *, plain: bool = False) -> View:
        group, users = await self.book.group_of(call), await self.book.people(call)
        return views.message(call, group, users, await self._clocks(call, plain=plain))

    async def _clocks(self, call: Call, *, plain: bool = False) -> Clocks:
        return Clocks(await self.book.zone_of(call), self.clock.now(), plain=plain)
