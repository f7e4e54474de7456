"""The people of a chat that /status shows: adding them, changing them, who they are."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence

from gub.clock import Clock
from gub.domain import rights
from gub.domain.commands import AddRequest
from gub.domain.credentials import CredentialStatus
from gub.domain.errors import (
    AccountNotFound,
    AccountsMissing,
    AskedTooOften,
    DomainError,
    NameTaken,
    NotAllowed,
    PersonNotFound,
    PlatformTrouble,
)
from gub.domain.limits import LOOK_UP_SPAN, LOOK_UPS
from gub.domain.names import clean_display_name, fold
from gub.domain.values import Account, Allowance, ChatFacts, KnownUser, Platform, StatusUser, Visibility
from gub.platforms.errors import NotFound, PlatformError
from gub.platforms.protocol import PresenceClient
from gub.services.throttle import Throttle
from gub.store.store import Store

OnChanged = Callable[[int], Awaitable[None]]
"""Hears of a chat in which somebody was added, changed, hidden, shown or taken off the list, once it is stored."""


class People:
    """Keeps status users. Who acts must be in the chat: the edge asks Telegram, and then the rules are asked here."""

    def __init__(
        self,
        store: Store,
        clients: Mapping[Platform, PresenceClient],
        clock: Clock,
        on_changed: Sequence[OnChanged] = (),
    ) -> None:
        """Keep people in `store`, ask `clients` who they are, and tell `on_changed` of each chat whose list changed."""
        self._on_changed = on_changed
        self._store = store
        self._clients = clients
        self._look_ups = Throttle[int](clock, count=LOOK_UPS, seconds=LOOK_UP_SPAN.total_seconds())

    # -- adding

    async def add(
        self,
        chat: ChatFacts,
        keeper_id: int,
        request: AddRequest,
        *,
        message_id: int | None = None,
        person_id: int | None = None,
    ) -> StatusUser:
        """Add a person to the chat's /status.

        Every account is looked up first; only when the platforms know them all is anything stored. The command
        (`message_id`) that added the person gets the same one, should it be handled again. `person_id` is the user
        who they are, when that is known.

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
        try:
            accounts = await self._look_up_all(keeper_id, request.accounts)
        except DomainError:
            # Handled again: what the platforms say now is no matter if they had said yes before.
            made = None if message_id is None else await self._store.statususers.made_by(chat.chat_id, message_id)
            if made is None:
                raise
            return made
        added = await self._store.statususers.add(
            chat_id=chat.chat_id,
            keeper_id=keeper_id,
            display_name=name,
            accounts=accounts,
            group_name=chat.title,
            message_id=message_id,
            person_id=person_id,
        )
        return await self._changed(added)

    async def add_known(self, new: StatusUser) -> StatusUser:
        """Add a person whose accounts were looked up before, under the id that was given then (`new_id`).

        Doing it again gives the same person, as they are by then.

        Raises:
            BadName: the display name breaks the rules.
            AccountsMissing: there is no account.
            NameTaken: the chat shows somebody of that name.
            LimitReached: the chat shows as many as it may.
        """
        name = clean_display_name(new.display_name)
        if not new.accounts:
            raise AccountsMissing(name)
        added = await self._store.statususers.add(
            chat_id=new.chat_id,
            keeper_id=new.keeper_id,
            display_name=name,
            accounts=new.accounts,
            group_name=new.group_name,
            person_id=new.person_id,
            id=new.id,
        )
        return await self._changed(added)

    def new_id(self) -> str:
        """Give an id that nobody has, for `add_known`."""
        return self._store.statususers.new_id()

    async def free_name(self, chat_id: int, name: str) -> str:
        """Give a display name as it is kept, if it can be had now. Whoever adds it first gets it.

        Raises:
            BadName: it breaks the rules.
            NameTaken: the chat shows somebody of that name.
        """
        clean = clean_display_name(name)
        if any(fold(person.display_name) == fold(clean) for person in await self._store.statususers.of_chat(chat_id)):
            raise NameTaken(clean)
        return clean

    async def connected(self) -> tuple[Platform, ...]:
        """Give the platforms that can be asked, as far as is known: those with a credential that is not dead."""
        states = {state.platform: state.status for state in await self._store.credentials.states()}
        good = {platform for platform, status in states.items() if status is not CredentialStatus.DEAD}
        return tuple(platform for platform in Platform if platform in self._clients and platform in good)

    async def look_up(self, user_id: int, platform: Platform, text: str) -> Account:
        """Ask a platform who this is, for a user who wants to know.

        Raises:
            AccountTextInvalid, AskedTooOften, AccountNotFound, PlatformTrouble: see `add`.
        """
        return (await self._look_up_all(user_id, {platform: text}))[platform]

    # -- finding

    async def of_chat(self, chat_id: int) -> list[StatusUser]:
        """Give everybody on the chat's list, by name, hidden or not."""
        return await self._store.statususers.of_chat(chat_id)

    async def by_id(self, chat_id: int, person_id: str) -> StatusUser:
        """Find a person of this chat, and of no other, by the id in a button. Raises PersonNotFound.

        Buttons from before a group became a supergroup name its old id.
        """
        person = await self._store.statususers.get(person_id, chat_id)
        if person is None and (successor := await self._store.life.successor(chat_id)) is not None:
            person = await self._store.statususers.get(person_id, successor)
        if person is None:
            raise PersonNotFound
        return person

    async def anywhere(self, person_id: str) -> StatusUser:
        """Find a person of whatever chat, for who comes by a link. Raises PersonNotFound."""
        person = await self._store.statususers.find(person_id)
        if person is None:
            raise PersonNotFound
        return person

    async def place(self, chat_id: int) -> ChatFacts | None:
        """Give the chat as it is known now, also by the id that it had before it became a supergroup."""
        successor = await self._store.life.successor(chat_id)
        return await self._store.chats.get(chat_id if successor is None else successor)

    async def known(self, *user_ids: int | None) -> dict[int, KnownUser]:
        """Give what is known of these users."""
        return await self._store.users.get_many([one for one in user_ids if one is not None])

    async def by_username(self, username: str) -> KnownUser | None:
        """Find the user of that name among those GUB has met; other bots are nobody."""
        user = await self._store.users.by_username(username)
        return None if user is None or user.is_bot else user

    # -- changing

    async def rename(self, person: StatusUser, user_id: int, name: str) -> StatusUser:
        """Give a person another display name.

        Raises:
            NotAllowed: that is not for this user.
            BadName, NameTaken: see `add`.
            PersonNotFound: they are gone.
        """
        self.require_edit(person, user_id)
        clean = clean_display_name(name)
        return await self._changed(await self._store.statususers.rename(person.id, person.chat_id, clean))

    async def set_account(self, person: StatusUser, user_id: int, account: Account) -> StatusUser:
        """Give a person an account that was looked up, its id and its name together.

        Raises:
            NotAllowed: that is not for this user.
            PersonNotFound: they are gone.
        """
        self.require_edit(person, user_id)
        return await self._changed(await self._store.statususers.set_account(person.id, person.chat_id, account))

    async def unlink(self, person: StatusUser, user_id: int, platform: Platform) -> StatusUser:
        """Take a platform's account away.

        Raises:
            NotAllowed: that is not for this user.
            LastAccount: it is their only one.
            PersonNotFound: they are gone.
        """
        self.require_edit(person, user_id)
        return await self._changed(await self._store.statususers.unlink(person.id, person.chat_id, platform))

    async def show(self, person: StatusUser, user_id: int, visibility: Visibility) -> StatusUser:
        """Choose when /status shows a person.

        Raises:
            NotAllowed: that is not for this user, at the very moment of the change.
            PersonNotFound: they are gone.
        """
        if not rights.may_show(person, user_id):
            raise NotAllowed("show")
        changed = await self._store.statususers.set_visibility(person.id, person.chat_id, visibility, by=user_id)
        return await self._changed(changed)

    async def claim(self, person: StatusUser, user_id: int) -> StatusUser:
        """Note that this is the user.

        Raises:
            AlreadyClaimed: they are somebody else.
            PersonNotFound: they are gone.
        """
        return await self._changed(await self._store.statususers.claim(person.id, person.chat_id, user_id))

    async def unclaim(self, person: StatusUser, user_id: int, *, is_admin: bool) -> StatusUser:
        """Undo that.

        Raises:
            NotAllowed: that is not for this user, at the very moment of the change.
            PersonNotFound: they are gone.
        """
        shown = person.person_id
        if shown is None or not rights.may_unclaim(person, user_id, is_admin=is_admin):
            raise NotAllowed("unclaim")
        by_keeper = user_id == person.keeper_id != shown
        undone = await self._store.statususers.unclaim(person.id, person.chat_id, shown, only_if_shown=by_keeper)
        await self._store.history.forget(person.id)
        await self._store.starts.forget([person.id])
        return await self._changed(undone)

    async def allow(self, person: StatusUser, user_id: int, allowance: Allowance, *, allowed: bool) -> StatusUser:
        """Note what the person shown allows, or no longer. What was kept by a leave that is withdrawn is deleted.

        Raises:
            NotAllowed: this user is not the person shown, at the very moment of the change.
            PersonNotFound: they are gone.
        """
        changed = await self._store.statususers.allow(person.id, person.chat_id, user_id, allowance, allowed=allowed)
        if allowance is Allowance.HISTORY and not allowed:
            await self._store.history.forget(person.id)
        if allowance is Allowance.WATCHES and not allowed:
            await self._store.starts.forget([person.id])
        return await self._changed(changed)

    async def delete(self, person: StatusUser, user_id: int, *, is_admin: bool) -> None:
        """Take a person off the list.

        Raises:
            NotAllowed: that is not for this user.
            PersonNotFound: they are gone.
        """
        if not rights.may_delete(person, user_id, is_admin=is_admin):
            raise NotAllowed("delete")
        # Before and after: what is cut short here is not found again by who is gone, only by the hourly tidying.
        await self._store.history.forget(person.id)
        if not await self._store.statususers.delete(person.id, person.chat_id):
            raise PersonNotFound
        await self._store.history.forget(person.id)
        await self._store.watches.forget_people([person.id])
        await self._store.starts.forget([person.id])
        await self._changed(person)

    @staticmethod
    def require_edit(person: StatusUser, user_id: int) -> None:
        """Raise NotAllowed unless the user may change the person's name and accounts."""
        if not rights.may_edit(person, user_id):
            raise NotAllowed("edit")

    # -- inside

    async def _changed(self, person: StatusUser | None) -> StatusUser:
        """Tell of a change, and give the person; None: they are gone, and nothing changed."""
        if person is None:
            raise PersonNotFound
        for tell in self._on_changed:
            await tell(person.chat_id)
        return person

    async def _look_up_all(self, user_id: int, texts: Mapping[Platform, str]) -> dict[Platform, Account]:
        """Look accounts up side by side; of several failures, tell the first platform's."""
        for platform in texts:
            if platform not in self._clients:
                raise PlatformTrouble(platform, "not_connected")
        if wait := self._look_ups.take(user_id):
            raise AskedTooOften(math.ceil(wait))
        found = await asyncio.gather(
            *(self._look_up(platform, text) for platform, text in texts.items()), return_exceptions=True
        )
        accounts = {}
        for platform, account in zip(texts, found, strict=True):
            if isinstance(account, BaseException):
                raise account
            accounts[platform] = account
        return accounts

    async def _look_up(self, platform: Platform, text: str) -> Account:
        try:
            return await self._clients[platform].look_up(text)
        except NotFound as error:
            raise AccountNotFound(platform, text) from error
        except PlatformError as error:
            raise PlatformTrouble(platform, error.reason) from error
