"""What chats, and people for themselves, choose in /settings; and what their choices forbid."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gub.domain.choices import YES, Setting, can_be_chosen
from gub.domain.errors import AdminsOnly
from gub.domain.languages import Language
from gub.domain.values import ChatSettings, Who
from gub.services.languages import Languages
from gub.store.chats import SettingsField
from gub.store.store import Store

_STORED: Final[Mapping[Setting, tuple[SettingsField, Callable[[str], str | int | bool]]]] = {
    Setting.TIME_ZONE: (SettingsField.TIME_ZONE, str),
    Setting.WHO_CREATES: (SettingsField.WHO_CREATES, str),
    Setting.WHO_CALLS: (SettingsField.WHO_CALLS, str),
    Setting.COOLDOWN: (SettingsField.COOLDOWN, int),
    Setting.CONFIRM_ABOVE: (SettingsField.CONFIRM_ABOVE, int),
    Setting.CALL_MINUTES: (SettingsField.CALL_MINUTES, int),
    Setting.INVITATION_DAYS: (SettingsField.INVITATION_DAYS, int),
    Setting.MEMBERS_ADD: (SettingsField.MEMBERS_ADD, lambda choice: choice == YES),
    Setting.STARTS: (SettingsField.STARTS, lambda choice: choice == YES),
    Setting.ANNOUNCEMENTS: (SettingsField.ANNOUNCEMENTS, lambda choice: choice == YES),
}
"""Where a choice for a chat is kept, and as what."""


OnChosen = Callable[[int], Awaitable[None]]
"""Hears of a chat that chose something, once it is stored."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """All that was chosen for a chat; in private the time zone and `banter` (may GUB tease them) are the person's."""

    language: Language = Language.ENGLISH
    chat: ChatSettings = field(default_factory=ChatSettings)
    time_zone: str | None = None
    banter: bool = True


class Choices:
    """Keeps what is chosen: each choice is one update of one field, so nobody's undoes another's.

    Who chooses for a group must be an admin there at that moment: the edge asks Telegram.
    """

    def __init__(self, store: Store, languages: Languages, on_chosen: Sequence[OnChosen] = ()) -> None:
        """Keep it in `store`, let `languages` speak what was chosen, and tell `on_chosen` of each chat that chose."""
        self._on_chosen = on_chosen
        self._store = store
        self._languages = languages

    async def of(self, chat_id: int) -> Chosen:
        """Give all that is chosen for a group, or by a person in private."""
        chat = await self._store.chats.settings(chat_id)
        language = await self._languages.of(chat_id)
        if chat_id < 0:
            return Chosen(language, chat, chat.time_zone)
        zone = await self._store.users.time_zone(chat_id)
        return Chosen(language, chat, zone, await self._store.users.takes_banter(chat_id))

    async def choose(self, chat_id: int, setting: Setting, choice: str) -> bool:
        """Keep a choice. False: there is none such here, or the chat is not kept (any more)."""
        kept = await self._keep(chat_id, setting, choice)
        if kept:
            for tell in self._on_chosen:
                await tell(chat_id)
        return kept

    async def _keep(self, chat_id: int, setting: Setting, choice: str) -> bool:
        if not can_be_chosen(setting, choice, in_group=chat_id < 0):
            return False
        if not await self._store.chats.exists(chat_id):
            return False
        if setting is Setting.LANGUAGE:
            await self._languages.choose(chat_id, Language(choice))
        elif setting is Setting.BANTER:
            await self._store.users.choose_banter(chat_id, takes=choice == YES)
        elif setting is Setting.TIME_ZONE and chat_id > 0:
            await self._store.users.choose_time_zone(chat_id, choice)
        else:
            name, stored_as = _STORED[setting]
            return await self._store.chats.choose(chat_id, name, stored_as(choice))
        return True

    async def restricts(self, chat_id: int, action: str) -> bool:
        """Say whether only admins may do this in a chat: `create` a group, `call` one, `add` people to the list."""
        if chat_id > 0:
            return False
        here = await self._store.life.successor(chat_id) or chat_id
        chosen = await self._store.chats.settings(here)
        match action:
            case "create":
                return chosen.who_creates is Who.ADMINS
            case "call":
                return chosen.who_calls is Who.ADMINS
            case _:
                return not chosen.members_add

    async def require(self, chat_id: int, action: str, *, is_admin: bool) -> None:
        """Raise AdminsOnly when the chat keeps an action (as for `restricts`) to its admins, and this is none."""
        if not is_admin and await self.restricts(chat_id, action):
            raise AdminsOnly(action)
