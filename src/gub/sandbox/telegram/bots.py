"""What Telegram keeps for one bot."""

from dataclasses import dataclass, field

from gub.sandbox.telegram.models import Chat, Json, User
from gub.sandbox.telegram.updates import UpdateQueue


@dataclass(slots=True)
class WebhookSettings:
    """What setWebhook said, and how it goes. Times are Unix seconds."""

    url: str
    secret: str = ""
    max_connections: int = 40
    last_error_date: int | None = None
    last_error_message: str | None = None


@dataclass(slots=True, eq=False)
class Bot:
    """A bot account: its token, its updates, whom it knows and what it calls itself.

    `contacts` are the people who wrote to it or pressed its buttons: it may mention them anywhere.
    `known_users` are those it was ever told of: only they can be named to Telegram.
    """

    token: str
    user: User
    queue: UpdateQueue
    privacy: bool = True
    revoked: bool = False
    private: dict[int, Chat] = field(default_factory=dict)
    contacts: set[int] = field(default_factory=set)
    known_users: set[int] = field(default_factory=set)
    known_chats: set[int] = field(default_factory=set)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    profile: dict[tuple[str, str], str] = field(default_factory=dict)
    webhook: WebhookSettings | None = None

    @property
    def id(self) -> int:
        """The id of its account: the number before the colon of the token."""
        return self.user.id

    def learn(self, body: object) -> None:
        """Remember every user named anywhere in an update or an answer."""
        if isinstance(body, dict):
            if "is_bot" in body and "id" in body:
                self.known_users.add(body["id"])
            else:
                for value in body.values():
                    self.learn(value)
        elif isinstance(body, list):
            for value in body:
                self.learn(value)
