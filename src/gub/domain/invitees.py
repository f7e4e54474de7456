"""How the invited are written down: a user id, or `@username` in lower case while GUB has not seen its owner. Pure."""

from collections.abc import Iterable


def entry_of(username: str) -> str:
    """Write a username, with or without its `@`, in any case, as an entry. Usernames are ASCII."""
    return "@" + username.removeprefix("@").lower()


def entries_of(user_id: int, username: str | None) -> tuple[int | str, ...]:
    """Give the entries that mean this user."""
    return (user_id,) if username is None else (user_id, entry_of(username))


def each_once(entries: Iterable[int | str]) -> tuple[int | str, ...]:
    """Leave out what was said before."""
    return tuple(dict.fromkeys(entries))
