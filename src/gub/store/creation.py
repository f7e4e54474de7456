"""Creating what has a name in a chat, once for each command that asks for it."""

from typing import Final

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from gub.domain.errors import LimitReached, NameTaken
from gub.store.documents import NAMES, Document

COMMAND_FIELD: Final = "created_by_message"
"""The id of the message that asked for it. It means something in that chat only, so it does not move with the chat."""


async def create_named(
    collection: AsyncCollection[Document], document: Document, *, named: str, most: int, message_id: int | None
) -> Document:
    """Insert a document with an `_id`, a `chat_id` and a name in the field `named`; give it as it is stored.

    A command (`message_id`) that is handled again, because the process died before it was marked as done, is given
    what it created. So is whoever comes again with the same `_id`.

    Raises:
        NameTaken: the chat has one of that name, compared without regard to case.
        LimitReached: the chat has `most` already.
    """
    if message_id is not None:
        document = document | {COMMAND_FIELD: message_id}
    try:
        await _insert(collection, document, named, most)
    except (NameTaken, LimitReached):
        made = await collection.find_one({"_id": document["_id"]})
        if made is None and message_id is not None:
            made = await made_by(collection, document["chat_id"], message_id)
        if made is None:
            raise
        return made
    return document


async def _insert(collection: AsyncCollection[Document], document: Document, named: str, most: int) -> None:
    held = await collection.count_documents({"chat_id": document["chat_id"]}, limit=most, collation=NAMES)
    if held >= most:
        raise LimitReached(most)
    try:
        await collection.insert_one(document)
    except DuplicateKeyError as error:
        raise NameTaken(document[named]) from error


async def made_by(collection: AsyncCollection[Document], chat_id: int, message_id: int) -> Document | None:
    """Give what this command created; None when it created nothing, or that is gone."""
    return await collection.find_one({"chat_id": chat_id, COMMAND_FIELD: message_id}, collation=NAMES)
