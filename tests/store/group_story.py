"""What people wish for in a story about groups, how it is done at once, and what it may have changed."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from gub.domain.errors import DomainError
from gub.domain.group_rights import may_delete, may_edit, may_hand_over
from gub.domain.values import Ended, Invitation, Joining, NotifyGroup
from tests.store.group_world import CHATS, NAMES, PEOPLE, USERNAMES, Picture, World, check, home
from tests.store.stepping import Stepper

WHO_MAY = 0
"""In the place of a user: whoever has the right to it, or is asked; the rest of the time somebody tries."""

people = st.sampled_from(PEOPLE)
actors = st.sampled_from([*PEOPLE, *[WHO_MAY] * 4])
chats = st.sampled_from(CHATS)
names = st.sampled_from(NAMES)
ways = st.sampled_from([Joining.OPEN, Joining.OPEN, Joining.INVITE, Joining.HIDDEN])
places = st.sampled_from([0, 0, 0, 1, 2, 3])
entries = st.lists(people | st.sampled_from([f"@{name}" for name in USERNAMES]), min_size=1, max_size=3)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: the name of a method of `World`, with the place of a group or invitation in the lists."""

    what: str
    actor: int
    of: int | None
    more: tuple[Any, ...] = ()
    is_admin: bool | None = None


def wish(what: str, of: st.SearchStrategy[int | None], *more: st.SearchStrategy[Any], admin: bool = False) -> Any:
    is_admin = st.booleans() if admin else st.none()
    return st.builds(Wish, st.just(what), actors, of, st.tuples(*more), is_admin)


ABOUT_INVITATIONS = ("accept", "decline", "revoke")

wishes = st.one_of(
    *(wish(what, places) for what in ("join", "join", "leave", "mute", "unmute")),
    wish("rename", places, names),
    wish("describe", places, st.sampled_from([None, "at nine"])),
    wish("open_to", places, ways),
    wish("remove", places, people),
    wish("hand_over", places, people, admin=True),
    wish("delete", places, admin=True),
    wish("invite", places, entries),
    wish("invite", places, entries),
    *(wish(what, places) for what in ("accept", "accept", "accept", "decline", "decline", "revoke")),
    wish("create", st.none(), chats, names, ways),
    wish("goes", st.none(), chats),
    wish("moves", st.none(), chats),
    wish("comes", st.none(), chats),
    wish("is_called", st.none(), st.sampled_from(USERNAMES)),
    st.just(Wish("board", 0, None)),
)

first = st.just(0)
answers = st.one_of(
    *(st.builds(Wish, st.just(what), people, first) for what in ("accept", "accept", "decline", "join")),
    wish("revoke", first),
    wish("invite", first, entries),
)
"""What is about the same invitation, or the same group."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A wish about what was there when it was made, and what became of it."""

    wish: Wish
    on: NotifyGroup | Invitation | None
    done: bool = False

    @property
    def group_id(self) -> str | None:
        return self.on.group_id if isinstance(self.on, Invitation) else None if self.on is None else self.on.id


class Story:
    """One run of the machine."""

    def __init__(self, world: World, stepper: Stepper) -> None:
        self.world = world
        self.stepper = stepper

    async def do(self, wished: Sequence[Wish], order: Sequence[int] = ()) -> None:
        """Do all at once, then look."""
        before = await self.world.picture()
        there = await self._there(before)
        deeds = [deed for one in wished if (deed := self._deed(one, before, *there)) is not None]
        outcomes = await self.stepper.together([self._perform(deed) for deed in deeds], order)
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, DomainError):
                raise outcome
        after = await self.world.picture()
        done = [
            Deed(deed.wish, deed.on, done=not isinstance(outcome, DomainError))
            for deed, outcome in zip(deeds, outcomes, strict=True)
        ]
        try:
            check(after)
            check_rights(self.world, before, done)
            check_traces(before, after, done)
        except AssertionError as error:
            error.add_note(f"{done}\n{self.stepper.done}\nbefore: {before}\nafter: {after}")
            raise

    async def _there(self, before: Picture) -> tuple[list[NotifyGroup], list[Invitation]]:
        groups = [await self.world.groups.anywhere(id_) for id_ in before.groups]
        invitations = [await self.world.invitations.of_group(group) for group in groups]
        return groups, [one for of_group in invitations for one in of_group]

    def _deed(
        self, wished: Wish, before: Picture, groups: list[NotifyGroup], invitations: list[Invitation]
    ) -> Deed | None:
        """Find what a wish is about, and whose it is; None without such a thing, or where the edge would refuse it."""
        there: Sequence[NotifyGroup | Invitation] = invitations if wished.what in ABOUT_INVITATIONS else groups
        if wished.of is not None and not there:
            return None
        on = None if wished.of is None else there[wished.of % len(there)]
        actor = wished.actor or _who_may(wished.what, before, on)
        chat = wished.more[0] if wished.what == "create" else None if on is None else on.chat_id
        if chat is not None and not self.world.is_here(actor, chat):
            return None
        return Deed(replace(wished, actor=actor), on)

    def _perform(self, deed: Deed) -> Coroutine[Any, Any, Any]:
        if deed.wish.what == "board":
            return self.world.board()
        method: Callable[..., Coroutine[Any, Any, Any]] = getattr(self.world, deed.wish.what)
        about = () if deed.on is None else (deed.on,)
        options = {} if deed.wish.is_admin is None else {"is_admin": deed.wish.is_admin}
        return method(deed.wish.actor, *about, *deed.wish.more, **options)


def _who_may(what: str, before: Picture, on: NotifyGroup | Invitation | None) -> int:
    if isinstance(on, Invitation) and what != "revoke":
        asked = [user_id for user_id in PEOPLE if not before.entries_of(user_id).isdisjoint(on.actively_invited)]
        return (asked or PEOPLE)[0]
    if on is None:
        return PEOPLE[0]
    creator: int = before.groups[on.group_id if isinstance(on, Invitation) else on.id]["creator_id"]
    return creator


def check_rights(world: World, before: Picture, done: Sequence[Deed]) -> None:
    """Assert that what was done was for whoever did it, by what was so before or came to be so meanwhile."""
    for deed in done:
        group = deed.on
        if not deed.done or not isinstance(group, NotifyGroup):
            continue
        actor, is_admin = deed.wish.actor, bool(deed.wish.is_admin)
        heirs = {other.wish.more[0] for other in done if other.wish.what == "hand_over" and other.on == group}
        became = actor in heirs or any(other.wish.what == "goes" for other in done)
        if deed.wish.what in {"rename", "describe", "open_to", "remove", "invite"}:
            assert may_edit(group, actor) or became, deed
        elif deed.wish.what == "delete":
            assert may_delete(group, actor, is_admin=is_admin) or became, deed
        elif deed.wish.what == "hand_over":
            there = world.is_here(group.creator_id, group.chat_id) or any(one.wish.what == "goes" for one in done)
            assert may_hand_over(group, actor, is_admin=is_admin, creator_is_here=there) or became, deed
            assert deed.wish.more[0] in {*group.members, *_joiners(done), group.creator_id}, deed
        elif deed.wish.what == "join":
            opened = any(other.wish.what == "open_to" for other in done)
            assert group.joining is Joining.OPEN or actor in group.members or opened or _joiners(done), deed
    # The same tap handled again while it is handled gets the same answer again; no two answers count.
    answers = {
        (deed.on.id, deed.wish.actor, deed.wish.what)
        for deed in done
        if deed.done and isinstance(deed.on, Invitation) and deed.wish.what != "revoke"
    }
    assert len({(id_, user_id) for id_, user_id, _ in answers}) == len(answers), "two answers of one that count"
    for deed in done:
        if deed.done and deed.wish.what in {"accept", "decline"} and isinstance(deed.on, Invitation):
            renamed = any(other.wish.what == "is_called" for other in done)
            asked = before.entries_of(deed.wish.actor) & set(deed.on.actively_invited)
            assert asked or renamed, f"nobody asked them: {deed}"


def check_traces(before: Picture, after: Picture, done: Sequence[Deed]) -> None:
    """Assert that nothing is lost and nothing came of itself: some deed that was done wanted each difference."""
    for id_, old in before.groups.items():
        about = [deed for deed in done if deed.group_id == id_ and deed.done]
        new = after.groups.get(id_)
        if new is None:
            assert any(deed.wish.what == "delete" for deed in about), f"a group vanished: {old}"
            continue
        names = {deed.wish.more[0] for deed in about if deed.wish.what == "rename"}
        assert new["name"] in (names or {old["name"]}), f"a name of nobody's: {new}"
        went = {deed.wish.actor for deed in about if deed.wish.what == "leave"}
        went |= {deed.wish.more[0] for deed in about if deed.wish.what == "remove"}
        went |= {
            deed.wish.actor for deed in done if deed.wish.what == "goes" and deed.wish.more[0] == home(old["chat_id"])
        }
        came = _joiners(about)
        assert set(new["members"]) <= set(old["members"]) | came, f"a member of themselves: {new}"
        assert set(new["members"]) >= (set(old["members"]) | came) - went, f"a member lost: {old} {new}"
        if new["creator_id"] != old["creator_id"]:
            given = {deed.wish.more[0] for deed in about if deed.wish.what == "hand_over"}
            left = any(deed.wish.what == "goes" and deed.wish.more[0] == home(old["chat_id"]) for deed in done)
            assert new["creator_id"] in given or left, f"given by nobody: {new}"
    for id_, group in after.groups.items():
        created = any(deed.wish.what == "create" and deed.done for deed in done)
        assert id_ in before.groups or created, f"a group of itself: {group}"
    for id_, invitation in after.invitations.items():
        members = before.groups.get(str(invitation["notify_group_id"]), {}).get("members", ())
        _check_answers(before.invitations.get(id_, {}), invitation, id_, done, set(members))


def _check_answers(old: Any, new: Any, id_: str, done: Sequence[Deed], members: set[int]) -> None:
    """Assert that each new answer is somebody's: theirs, or that of a member who turns out to have an invited name."""
    answers = [deed for deed in done if deed.done and isinstance(deed.on, Invitation) and deed.on.id == id_]
    # An answer may be written down, and whoever gave it told that the group was deleted in the same moment.
    gone = new.get("ended") == Ended.GONE
    tried = {deed.wish.actor for deed in done if gone and isinstance(deed.on, Invitation) and deed.on.id == id_}
    declined = {deed.wish.actor for deed in answers if deed.wish.what == "decline"}
    refused = set(new.get("declined", ())) - set(old.get("declined", ()))
    assert declined <= refused <= declined | tried, f"a refusal of nobody's: {new}"
    joined = {deed.wish.actor for deed in done if deed.done and deed.wish.what in {"join", "accept"}}
    accepted = {deed.wish.actor for deed in answers if deed.wish.what == "accept"}
    fresh = set(new.get("accepted", ())) - set(old.get("accepted", ()))
    assert accepted <= set(new.get("accepted", ())), f"an acceptance lost: {new}"
    assert fresh <= accepted | joined | members | tried, f"an acceptance of nobody's: {new}"
    if new.get("ended") == Ended.REVOKED and old.get("ended") is None:
        assert any(deed.wish.what == "revoke" for deed in answers), f"taken back by nobody: {new}"


def _joiners(done: Sequence[Deed]) -> set[int]:
    return {deed.wish.actor for deed in done if deed.done and deed.wish.what in {"join", "accept"}}
