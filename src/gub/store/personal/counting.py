"""How much is kept of a person, for who asks before it goes."""

from dataclasses import dataclass

from gub.store import donations, invitations, notifygroups, statususers
from gub.store.documents import Database
from gub.store.invitations.document import ASKED
from gub.store.personal.part import Person


@dataclass(frozen=True, slots=True)
class Traces:
    """What of a person there is. Of the entries on lists that they keep, others' are of who has said so themselves."""

    on_lists: int
    kept: int
    kept_of_others: int
    member_of: int
    made: int
    asked: int
    invited: int
    donations: int


async def traces_of(database: Database, person: Person) -> Traces:
    """Count."""

    async def count(collection: str, which: dict[str, object]) -> int:
        return await database[collection].count_documents(which)

    people, groups, asking = statususers.SCHEMA.name, notifygroups.SCHEMA.name, invitations.SCHEMA.name
    user_id = person.user_id
    return Traces(
        on_lists=await count(people, {"person_id": user_id}),
        kept=await count(people, {"user_id": user_id, "person_id": None}),
        kept_of_others=await count(people, {"user_id": user_id, "person_id": {"$nin": [None, user_id]}}),
        member_of=await count(groups, {"members": user_id}),
        made=await count(groups, {"creator_id": user_id}),
        asked=await count(asking, {ASKED: {"$in": person.entries}, "ended": None}),
        invited=await count(asking, {"inviter_id": user_id, "ended": None}),
        donations=await count(donations.SCHEMA.name, {"user_id": user_id}),
    )
