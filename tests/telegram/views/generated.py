"""Arguments for any view, made by the names and types of its parameters.

A number or a text says by its name what it is (`PARTS`); a parameter whose name or type is not known here fails, and
the failure says what to add.
"""

import inspect
import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Code, Text
from hypothesis import strategies as st
from pydantic import BaseModel

from gub.domain import banter, errors
from gub.domain.presence import AccountPresence, PersonPresence, merge
from gub.domain.time_zones import ZONES, Region
from gub.domain.values import Account, KnownUser, NotifyGroup, Platform
from gub.services import donations
from gub.services.fun import Target
from gub.services.start_news import Started
from gub.telegram.showing import View
from gub.telegram.views.clocks import Clocks
from gub.telegram.views.doing import Times
from gub.telegram.views.parts import AsTyped
from gub.telegram.views.status import Ago
from tests.support.clock import START
from tests.telegram.views.support import names
from tests.telegram.views.test_texts import ERRORS

Strategy = st.SearchStrategy[Any]

document_ids = st.text("0123456789abcdef", min_size=24, max_size=24)
telegram_ids = st.integers(-(2**52), 2**52)
user_ids = st.one_of(st.integers(1, 3), st.integers(1, 2**52))
message_ids = st.integers(1, 2**31)
counts = st.one_of(st.integers(0, 30), st.sampled_from([101, 21_342, 1_000_000]))
usernames = st.from_regex(r"@[a-z][a-z0-9_]{3,31}", fullmatch=True)
bots = st.sampled_from(["gub_bot", f"{'b' * 28}_bot"])
tokens = st.sampled_from(["name", "steam", "confirm"])
urls = st.sampled_from(["https://t.me/gub_bot?start=people_-1001234567890", "https://example.org/" + "x" * 200])
lengths = st.timedeltas(timedelta(), timedelta(days=400))
times = st.builds(START.__add__, st.timedeltas(timedelta(days=-400), timedelta(days=400)))
"""In a month of Sundays: everything that was, and what will have an end."""

readable = st.sampled_from([Text("What shall I call them?"), Bold("Why not."), Code("x" * 4000)])
groups = st.deferred(lambda: _made(NotifyGroup, "", ""))

PARTS: dict[str, Strategy] = {
    # who and what people call each other and their things: anything at all
    **dict.fromkeys(
        [
            *("name", "old", "creator", "keeper", "by", "who", "leaver", "sender", "told_in_private"),
            *("first_name", "last_name", "display_name", "group_name", "title", "description", "what", "activity"),
            *("device", "support_text", "suggestion", "inviter", "notes", "where", "ignored"),
        ],
        names,
    ),
    # ids of documents
    **dict.fromkeys(
        ["id", "call", "dialog", "group", "group_id", "invitation", "invitation_id", "person", "person_id", "respects"],
        document_ids,
    ),
    # numbers of Telegram's
    **dict.fromkeys(["chat", "chat_id", "thread_id", "thread", "gathered_to"], telegram_ids),
    **dict.fromkeys(
        ["user", "user_id", "viewer_id", "creator_id", "inviter_id", "keeper_id", "opener", "members", "owner_id"],
        user_ids,
    ),
    **dict.fromkeys(["accepted", "declined", "absent", "owner_ids", "quiet"], user_ids),
    **dict.fromkeys(["caller_id", "called", "muted", "asleep", "away", "coming", "cant"], user_ids),
    **dict.fromkeys(
        ["message", "message_id", "command_id", "request_id", "panel_id", "copied_message_id"], message_ids
    ),
    # how many
    **dict.fromkeys(
        [
            *("asked", "count", "days", "groups", "invitations", "invited", "kept", "kept_of_others", "made", "most"),
            *("member_of", "messages", "months", "number", "on_lists", "page", "pages", "people", "revision", "unseen"),
            *("years", "donation_amounts", "amount", "amounts", "donations", "confirm_above"),
            *("by_state", "audience", "wanted"),
        ],
        counts,
    ),
    # what is written by GUB and its owner
    **dict.fromkeys(["url", "address", "redirect_uri"], urls),
    **dict.fromkeys(["at"], tokens),
    "username": bots,
    **dict.fromkeys(["entry", "entries"], st.one_of(user_ids, usernames)),
    "account_id": st.from_regex(r"\d{1,20}", fullmatch=True),
    "charge_id": st.from_regex(r"[A-Za-z0-9_-]{20,40}", fullmatch=True),
    "title_id": st.from_regex(r"\d{1,12}", fullmatch=True),
    "command": st.sampled_from(["join", "newgroup"]),
    "instead": st.sampled_from(["/people", "/invite NAME @somebody"]),
    "kind": st.sampled_from(["ValueError in gub.services.calls:42"]),
    "language": st.sampled_from([None, "en", "de", "pt-br"]),
    "reference": st.from_regex(r"[a-z0-9]{8}", fullmatch=True),
    "region": st.sampled_from(["", *Region]),
    "reason": st.just("Bad Request: CHARGE_ALREADY_REFUNDED"),
    **dict.fromkeys(["text", "detail"], names),
    "type": st.sampled_from(["group", "private"]),
    "unknown": names,
    "unreadable": st.just("the GUB_SECRET_KEY is another"),
    "why": st.just("That is no NPSSO."),
    **dict.fromkeys(["zone", "time_zone"], st.sampled_from([zone for zones in ZONES.values() for zone in zones])),
}
"""What is meant by a text or a number, by the name of the parameter or field."""

OF_ONE: dict[tuple[str, str], Strategy] = {
    ("credentials.overview", "notes"): st.dictionaries(st.sampled_from(Platform), st.just("✅ It works."), max_size=3),
    ("group_menus.heir_list", "members"): st.lists(user_ids, max_size=20),
    ("dialogs.question", "asked"): st.lists(readable, min_size=1, max_size=5),
    ("donating.refused", "verdict"): st.sampled_from(
        [verdict for verdict in donations.Verdict if verdict is not donations.Verdict.FINE]
    ),
    ("News", "groups"): st.lists(groups, min_size=1, max_size=12),
    ("forgetting.inherited", "groups"): st.lists(groups, min_size=1, max_size=12),
    ("inviting.refused", "why"): readable,
    ("starts.started", "starts"): st.lists(st.builds(Started, names, names), min_size=1, max_size=12),
    ("OwnersWishes", "support_links"): st.lists(st.tuples(st.text("Aß🎮", min_size=1, max_size=40), urls), max_size=8),
    ("Source", "entities"): st.just(()),
    ("groups.usage", "command"): st.sampled_from(["newgroup", "join", "leave", "notify"]),
    ("places.not_yours", "command"): st.sampled_from(["/people", "/groups"]),
    ("Invitation", "initially_invited"): st.lists(st.one_of(user_ids, usernames), max_size=50).map(tuple),
    ("Invitation", "actively_invited"): st.lists(st.one_of(user_ids, usernames), max_size=50).map(tuple),
    ("NotifyGroup", "invited"): st.lists(st.one_of(user_ids, usernames), max_size=50).map(tuple),
    ("Candidate", "entry"): st.one_of(user_ids, usernames),
    ("KnownUser", "username"): st.one_of(st.none(), usernames.map(lambda name: name[1:])),
    ("Place", "opener"): st.one_of(st.none(), user_ids),
    ("Around", "invitations"): counts,
    ("Hours", "quiet"): st.one_of(st.none(), st.tuples(st.integers(0, 1439), st.integers(0, 1439))),
    ("Hours", "days"): st.frozensets(st.integers(0, 6), min_size=1),
    ("hours.ask_to", "first"): st.integers(0, 23),
    ("Words", "looks"): st.just(()),
    ("watches.when", "titles"): st.lists(names, max_size=6),
    ("Respects", "people"): st.lists(user_ids, max_size=50).map(tuple),
    ("CredentialState", "expires_at"): st.one_of(st.none(), times),
}
"""What is meant by a parameter of one view (`module.function`) or a field of one class alone."""

TYPES: dict[Any, Callable[[], Strategy]] = {
    bool: st.booleans,
    datetime: lambda: times,
    Times: lambda: st.one_of(_made(Ago, "", ""), _made(Clocks, "", "")),
    timedelta: lambda: lengths,
    Text: lambda: st.builds(lambda look, name: look(name), st.sampled_from([Text, Bold, Code]), names),
    AsTyped: lambda: st.builds(AsTyped, st.one_of(names, st.text(max_size=4000))),
    Target: lambda: st.builds(Target, st.sampled_from(banter.Verdict), _made(KnownUser, "", "")),
    View: lambda: st.just(View(["What is shown."])),
    InlineKeyboardButton: lambda: st.just(InlineKeyboardButton(text="Join", callback_data="g")),
    PersonPresence: lambda: st.builds(merge, st.lists(_made(AccountPresence, "", ""), max_size=4)),
    Mapping[Platform, Account]: lambda: st.lists(_made(Account, "", ""), max_size=3).map(_by_platform),
    Mapping[Platform, Account | None]: lambda: st.lists(_made(Account, "", ""), max_size=3).map(_by_platform),
}
"""What is made in its own way."""


def arguments(view: Callable[..., Any]) -> st.SearchStrategy[tuple[list[Any], dict[str, Any]]]:
    """Make arguments for a view, by place and by name; those with a default are left out at times."""
    called = f"{view.__module__.rpartition('.')[2]}.{view.__name__}"
    hints = get_type_hints(view, include_extras=True)
    parameters = inspect.signature(view).parameters.values()
    more = [_made(hints[one.name], one.name, called) for one in parameters if one.kind is one.VAR_POSITIONAL]
    placed: list[Strategy] = []
    named: dict[str, Strategy] = {}
    optional: dict[str, Strategy] = {}
    for one in parameters:
        made = _made(hints[one.name], one.name, called)
        if one.default is not one.empty:
            optional[one.name] = made
        elif more and one.kind is one.POSITIONAL_OR_KEYWORD:
            placed.append(made)
        elif one.kind is not one.VAR_POSITIONAL:
            named[one.name] = made
    by_place = st.tuples(st.tuples(*placed), st.lists(st.one_of(more), max_size=3) if more else st.just([]))
    by_name = st.fixed_dictionaries(named, optional=optional)
    return st.tuples(by_place.map(lambda both: [*both[0], *both[1]]), by_name)


def _made(hint: Any, name: str, owner: str) -> Strategy:  # noqa: C901, PLR0911 - a case a kind of types
    """Make values of a type, for a parameter or field of this name."""
    if (owner, name) in OF_ONE:
        return OF_ONE[owner, name]
    if hint in TYPES:
        return TYPES[hint]()
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _made(inner[0], name, owner)
    if origin in (Union, types.UnionType):
        return st.one_of([_made(one, name, owner) for one in inner])
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (Mapping, dict):
        keys = _of_people(inner[0], owner)
        if isinstance(inner[0], type) and issubclass(inner[0], Enum):
            return st.fixed_dictionaries({key: _made(inner[1], name, owner) for key in inner[0]})
        return st.dictionaries(keys, _made(inner[1], name, owner), max_size=4)
    if origin is tuple and inner[-1] is not Ellipsis:
        return st.tuples(*(_made(one, name, owner) for one in inner))
    if origin in (tuple, list, frozenset, Sequence, Collection, Iterable):
        whole = {tuple: tuple, frozenset: frozenset}.get(origin, list)
        return st.lists(_made(inner[0], name, owner), max_size=12).map(whole)
    if hint is type(None):
        return st.none()
    if hint in (str, int):
        return _by_name(name, owner)
    return _of_class(hint, owner)


def _of_people(key: Any, owner: str) -> Strategy:
    return user_ids if key is int else _made(key, "", owner)


def _by_name(name: str, owner: str) -> Strategy:
    if name in PARTS:
        return PARTS[name]
    raise NotImplementedError(f"tests/telegram/views/generated.py: say in PARTS or OF_ONE what {name!r} of {owner} is")


def _of_class(kind: Any, owner: str) -> Strategy:
    if not isinstance(kind, type):
        raise NotImplementedError(f"tests/telegram/views/generated.py: say in TYPES how to make {kind} for {owner}")
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    if issubclass(kind, errors.DomainError):
        return st.sampled_from([error for error in ERRORS if isinstance(error, kind)])
    if is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        made = {field.name: _made(hints[field.name], field.name, kind.__name__) for field in fields(kind) if field.init}
        return st.builds(kind, **made)
    if issubclass(kind, BaseModel):
        hints = get_type_hints(kind, include_extras=True)
        return st.builds(kind, **{name: _made(hints[name], name, kind.__name__) for name in kind.model_fields})
    raise NotImplementedError(f"tests/telegram/views/generated.py: say in TYPES how to make {kind} for {owner}")


def _by_platform(accounts: list[Account]) -> dict[Platform, Account]:
    return {account.platform: account for account in accounts}
