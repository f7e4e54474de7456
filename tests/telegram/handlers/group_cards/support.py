"""Opening cards of notify groups, and reading what they show."""

from collections.abc import Awaitable, Callable

from gub.domain.values import Joining, NotifyGroup
from gub.sandbox.telegram.models import CallbackAnswer, Chat, SimMessage, User
from tests.telegram.handlers.conftest import Stage

OPEN, INVITE, HIDDEN = Joining.OPEN, Joining.INVITE, Joining.HIDDEN
Make = Callable[..., Awaitable[NotifyGroup]]


async def in_group(stage: Stage, user: User, chat: Chat, name: str = "Warzone") -> SimMessage:
    """Open a card in the chat."""
    message = await stage.answer(user, chat, "/groups")
    await stage.press(user, message, name)
    return message


async def in_private(stage: Stage, user: User, group: NotifyGroup, *labels: str) -> SimMessage:
    """Open a card in private, and press on."""
    message = await stage.answer(user, user, f"/start group_{group.id}")
    for label in labels:
        await stage.press(user, message, label)
    return message


def labels(message: SimMessage) -> list[str]:
    return [button["text"] for button in message.buttons]


def told(answer: CallbackAnswer | None) -> str:
    assert answer is not None
    assert answer.alert
    return answer.text


async def now(stage: Stage, group: NotifyGroup) -> NotifyGroup | None:
    return await stage.store.notifygroups.get(group.id, group.chat_id)


async def there(stage: Stage, group: NotifyGroup) -> NotifyGroup:
    found = await now(stage, group)
    assert found is not None
    return found
