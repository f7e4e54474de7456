"""The ways in which a Bot API call can fail, by name. What a caller sees instead of aiogram's exceptions.

None of them carries the token, a message text or the exception it was made from (aiohttp's hold the URL, and the URL
holds the token).
"""


class Refused(Exception):
    """A call that did not do what it was made for."""

    def __init__(self, method: str, chat_id: int | str | None, description: str, code: int | None = None) -> None:
        """Keep which call it was, for which chat, what was answered and Telegram's error code, if it was Telegram."""
        super().__init__(method, chat_id, description, code)
        self.method = method
        self.chat_id = chat_id
        self.description = description
        self.code = code

    def __str__(self) -> str:
        place = "" if self.chat_id is None else f" in chat {self.chat_id}"
        code = "" if self.code is None else f"{self.code} "
        return f"{self.method}{place}: {code}{self.description}"


class Unwritable(Refused):
    """403: the bot may not write to this chat any more, whatever it says. `Hooks.on_unreachable_chat` was told."""


class Blocked(Unwritable):
    """A person blocked the bot, or never pressed Start."""


class Kicked(Unwritable):
    """The bot was removed from the chat, or was never in it."""


class Gone(Refused):
    """There is no such chat: unknown to this bot (400; nobody was told)."""


class Dead(Gone, Unwritable):
    """The chat or the person's account was deleted (403; `Hooks.on_unreachable_chat` was told)."""


class Migrated(Refused):
    """The group is a supergroup now, and was followed once already, or Telegram did not say where to."""

    def __init__(self, method: str, chat_id: int | str | None, description: str, new_chat_id: int | None) -> None:
        """Keep the supergroup's id, if it was told."""
        super().__init__(method, chat_id, description, 400)
        self.new_chat_id = new_chat_id


class NoRights(Refused):
    """The bot is in the chat but may not do this there."""


class NotModified(Refused):
    """The message shows this already: as good as done."""


class NothingToEdit(Refused):
    """The message is not there, is not the bot's, or is of a group that has since become a supergroup."""


class NothingToDelete(Refused):
    """The message is not there (any more)."""


class ThreadGone(Refused):
    """The topic was deleted or is closed."""


class QueryTooOld(Refused):
    """The tap was too long ago to be answered; how long is too long, Telegram does not document."""


class Unauthorized(Refused):
    """401: the token is wrong or was revoked."""


class Conflict(Refused):
    """409: another process takes the updates (`webhook_is_set` False) or a webhook does (True)."""

    @property
    def webhook_is_set(self) -> bool:
        """Whether a webhook, not another poller, stands in the way."""
        return "webhook" in self.description.lower()


class Rejected(Refused):
    """Any other answer of 4xx: a mistake in the call, most often."""


class UnknownMethod(Rejected):
    """404: Telegram knows no such method, or the token does not even look like one."""


class RateLimited(Refused):
    """429: told to wait longer than a call waits. Sooner than `retry_after` seconds nothing will come of it."""

    def __init__(self, method: str, chat_id: int | str | None, description: str, retry_after: float) -> None:
        """Keep the seconds to wait."""
        super().__init__(method, chat_id, description, 429)
        self.retry_after = retry_after


class Unreachable(Refused):
    """No usable answer, after all tries: the network, or the server (5xx, or no Bot API's answer at all).

    An answer that was repeated before this may have arrived all the same.
    """


class Uncertain(Refused):
    """It may have been done and was not repeated, because done twice would be worse."""


class StoodDown(Refused):
    """This process does not act for the bot any more: another worker does what is to be done.

    Nothing was sent, or what came of it does not count: the right was lost while Telegram was asked.
    """

    def __init__(self, method: str, chat_id: int | str | None) -> None:
        """Keep which call it was."""
        super().__init__(method, chat_id, "this process does not act for the bot any more")
