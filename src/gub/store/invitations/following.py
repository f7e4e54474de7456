"""What follows for open invitations when people join, leave or become known. All of it may be repeated."""

from collections.abc import AsyncIterator, Collection

from gub.domain.invitees import entry_of
from gub.store import migrations, notifygroups
from gub.store.creation import COMMAND_FIELD
from gub.store.documents import NAMES, Document, object_id
from gub.store.invitations.document import ASKED, INITIALLY, spellings, to_show
from gub.store.invitations.finding import Finding


class Following(Finding):
    """The part of `Invitations` that keeps them in step with people."""

    async def settle(self, group_id: str, entries: Collection[int | str], user_id: int) -> int:
        """Somebody became a member: every open invitation of the group counts it as their yes. Say how many did."""
        settled = 0
        async for document in self._open({"notify_group_id": object_id(group_id)}):
            settled += await self._ask_no_more(document, entries, {"accepted": user_id})
        return settled

    async def forget(self, chat_id: int, entries: Collection[int | str]) -> int:
        """Somebody left the chat: none of its open invitations asks them. Say how many did.

        Nor are they brought back by an acceptance that has not become a membership yet.
        """
        groups = self._database[notifygroups.SCHEMA.name].find({"chat_id": chat_id}, {"_id": 1}, collation=NAMES)
        ids = [group["_id"] async for group in groups]
        users = [entry for entry in entries if isinstance(entry, int)]
        forgotten = 0
        async for document in self._open({"notify_group_id": {"$in": ids}}):
            changed = await self._ask_no_more(document, entries, {})
            for user in users:
                promised = {"_id": document["_id"], "unfinished": user}
                change = to_show(pull={"accepted": user, "unfinished": user})
                changed |= (await self._collection.update_one(promised, change)).matched_count > 0
            forgotten += changed
        return forgotten

    async def let_go(self, group_id: str, user_id: int) -> None:
        """Somebody leaves the group: an acceptance that nobody finished does not bring them back."""
        promised = {"notify_group_id": object_id(group_id), "unfinished": user_id}
        async for document in self._collection.find(promised, {"_id": 1}):
            await self._collection.update_one({"_id": document["_id"]}, {"$pull": {"unfinished": user_id}})

    async def meet(self, user_id: int, username: str) -> list[str]:
        """The owner of an invited username is known now: invitations mean them by their id. Give the groups touched.

        Who is asked, or has answered, by their id already is not asked once more.
        """
        name = entry_of(username)
        touched = [document async for document in self._open({ASKED: name})]
        for document in touched:
            # In this order: until the last of it, the invitation is found again.
            await self._put_id(document["_id"], INITIALLY, name, user_id, known_by=(INITIALLY,))
            await self._put_id(document["_id"], ASKED, name, user_id, known_by=(ASKED, "accepted", "declined"))
        return list(dict.fromkeys(str(document["notify_group_id"]) for document in touched))

    async def touch_group(self, group_id: str) -> None:
        """The group looks otherwise now, and so do the open invitations into it."""
        async for document in self._open({"notify_group_id": object_id(group_id)}):
            await self._collection.update_one({"_id": document["_id"], "ended": None}, to_show())

    async def follow(self, group_id: str, chat_id: int) -> None:
        """Bring what was asked in the chat that a group was in until a moment ago to where it is now.

        The message that shows it stays behind, as those of all invitations of a chat that moves.
        """
        behind = {"notify_group_id": object_id(group_id), "chat_id": {"$nin": [None, chat_id]}}
        change = to_show(put={"chat_id": chat_id}) | {"$unset": {"message_id": "", COMMAND_FIELD: ""}}
        async for document in self._collection.find(behind, {"chat_id": 1}):
            # Forward only: the chat may have moved on since the group was read.
            move = {"_id": document["chat_id"], "to": chat_id}
            if await self._database[migrations.SCHEMA.name].find_one(move, {"_id": 1}) is not None:
                await self._collection.update_one({"_id": document["_id"], "chat_id": document["chat_id"]}, change)

    async def _put_id(self, key: object, field: str, name: str, user_id: int, *, known_by: tuple[str, ...]) -> None:
        here: Document = {"_id": key, field: name}
        for known in known_by:
            # One condition on a list that both must be in: two on the same field would be one key of the filter.
            there = {field: {"$all": [name, user_id]}} if known == field else {known: user_id}
            await self._collection.update_one(here | there, to_show(pull={field: name}))
        await self._collection.update_one(here, to_show(put={f"{field}.$": user_id}))

    async def _open(self, which: Document) -> AsyncIterator[Document]:
        async for document in self._collection.find(which | {"ended": None}).sort("_id", 1):
            yield document

    async def _ask_no_more(self, document: Document, entries: Collection[int | str], add: Document) -> bool:
        """Take these people out of one invitation; say whether it asked them. `document` is it as it was found."""
        spelt = [*entries, *spellings(document.get(ASKED), entries)]
        asked = {"_id": document["_id"], "ended": None, ASKED: {"$in": spelt}}
        change = to_show(pull={ASKED: {"$in": spelt}}, add=add)
        return (await self._collection.update_one(asked, change)).matched_count > 0
