"""The people of a chat that /status shows."""

import math
from collections.abc import Mapping

from gub.clock import Clock
from gub.domain.commands import AddRequest
from gub.domain.errors import AccountNotFound, AccountsMissing, AskedTooOften, PlatformTrouble
from gub.domain.limits import LOOK_UP_SPAN, LOOK_UPS
from gub.domain.names import clean_display_name
from gub.domain.values import Account, ChatFacts, Platform, StatusUser
from gub.platforms.errors import NotFound, PlatformError
from gub.platforms.protocol import PresenceClient
from gub.presence.desk import PresenceDesk
from gub.services.throttle import Throttle
from gub.store.store import Store


class People:
    """Adds status users."""

    def __init__(
        self, store: Store, desk: PresenceDesk, clients: Mapping[Platform, PresenceClient], clock: Clock
    ) -> None:
        """Keep people in `store`, ask `desk` what they do, and `clients` (the connected platforms) who they are."""
        self._store = store
        self._desk = desk
        self._clients = clients
        self._look_ups = Throttle[int](clock, count=LOOK_UPS, seconds=LOOK_UP_SPAN.total_seconds())

    async def add(
        self, chat: ChatFacts, keeper_id: int, request: AddRequest, *, message_id: int | None = None
    ) -> StatusUser:
        """Add a person to the chat's /status.

        Every account is looked up first; only when the platforms know them all is anything stored. The command
        (`message_id`) that added the person gets the same one, should it be handled again.

        Raises:
            BadName: the display name breaks the rules.
            AccountsMissing: no account was given.
            AccountTextInvalid: what was given cannot be an account of that platform.
            AskedTooOften: the keeper had as many look-ups as is fair.
            AccountNotFound: the platform knows no such account.
            PlatformTrouble: the platform is not connected, or cannot be asked now.
            NameTaken: the chat shows somebody of that name.
            LimitReached: the chat shows as many as it may.
        """
        name = clean_display_name(request.name)
        if not request.accounts:
            raise AccountsMissing(name)
        for platform in request.accounts:
            if platform not in self._clients:
                raise PlatformTrouble(platform, "not_connected")
        if wait := self._look_ups.take(keeper_id):
            raise AskedTooOften(math.ceil(wait))
        accounts = {platform: await self._look_up(platform, text) for platform, text in request.accounts.items()}
        return await self._store.statususers.add(
            chat_id=chat.chat_id,
            keeper_id=keeper_id,
            display_name=name,
            accounts=accounts,
            group_name=chat.title,
            message_id=message_id,
        )

    async def _look_up(self, platform: Platform, text: str) -> Account:
        try:
            return await self._clients[platform].look_up(text)
        except NotFound as error:
            raise AccountNotFound(platform, text) from error
        except PlatformError as error:
            raise PlatformTrouble(platform, error.reason) from error
