"""Boards: the message of a chat, or of a topic of it, that shows at any time who is on, playing what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Board:
    """One board. `message_id` is None where its message is to be sent anew: its chat has become a supergroup.

    `shown` stands for what the message shows. `pinned` is None until it was tried to pin it. `old` are the messages
    that showed it before and are to be taken away. `ended`: it is to be left as it is, and kept no more. `revision`
    counts what is to be done about it.
    """

    id: str
    chat_id: int
    thread_id: int | None
    creator_id: int | None
    message_id: int | None
    command_id: int | None
    shown: str | None = None
    pinned: bool | None = None
    old: tuple[int, ...] = ()
    ended: bool = False
    revision: int = 0
