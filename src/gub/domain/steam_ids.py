"""Every way in which people write down a Steam account, read without asking Steam.

A SteamID64 of a person is 76561197960265728 plus the account's 32-bit number. The same number is written as
`[U:1:N]`, as `STEAM_X:Y:Z` (N = 2 * Z + Y; X 0 and 1 are the same person), as a "friend code" (N in decimal)
and as an invite code (N in hexadecimal, its digits replaced by consonants, with a hyphen in the middle).
Whoever set a custom address also has a *vanity* name, which only Steam can turn into an id.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from gub.domain.errors import AccountTextInvalid
from gub.domain.values import Platform

FIRST_ID64: Final = 76561197960265728
LAST_ID64: Final = FIRST_ID64 + 0xFFFF_FFFF
LONGEST_TEXT: Final = 2048

_DIGITS = re.compile(r"[0-9]{1,20}")
_FRIEND_CODE = re.compile(r"[0-9]{8,10}")
_VANITY = re.compile(r"[A-Za-z0-9_-]{2,32}")
_STEAM3 = re.compile(r"\[U:1:([0-9]{1,10})\]|U:1:([0-9]{1,10})", re.ASCII | re.IGNORECASE)
_STEAM2 = re.compile(r"STEAM_[01]:([01]):([0-9]{1,10})", re.ASCII | re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?://)?(?:(?:www|m)\.)?(steamcommunity\.com|s\.team)(?::(?:80|443))?/(.*)",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_BARE_PATH = re.compile(r"/?(?:profiles|id)/.*", re.ASCII | re.IGNORECASE | re.DOTALL)
_INVITE_DIGITS: Final = "bcdfghjkmnpqrtvw"


@dataclass(frozen=True, slots=True)
class SteamId:
    """A person's SteamID64. `or_vanity` is the vanity name that the text would be if nobody had the id."""

    id64: str
    or_vanity: str | None = None

    @property
    def account_id(self) -> int:
        """Say the 32-bit account number."""
        return int(self.id64) - FIRST_ID64


@dataclass(frozen=True, slots=True)
class SteamVanity:
    """A custom address's name, to be resolved by Steam; 2 to 32 ASCII letters, digits, `_` and `-`."""

    name: str


def parse_steam_id(text: str) -> SteamId | SteamVanity:
    """Read an account as people paste it: an id in any form, an address, an invite code's address, or a vanity name.

    Digits alone are read, in this order, as a SteamID64 when they lie in its range; as a friend code when
    they are 8 to 10 (that is what Steam's own "Add a friend" page shows; a vanity name of such digits stays
    possible and is kept in `or_vanity`); else as a vanity name.

    Raises:
        AccountTextInvalid: it is none of these; a group's, a game's or any other address among them.
    """
    stripped = text.strip()
    if len(stripped) > LONGEST_TEXT:
        raise _invalid(text)
    found = _explicit(stripped) or _friend_code(stripped) or _from_address(stripped) or _vanity(stripped)
    if found is None:
        raise _invalid(text)
    return found


def invite_code(id64: str) -> str:
    """Say the code that follows `s.team/p/` for this person; the inverse of what `parse_steam_id` decodes."""
    code = f"{int(id64) - FIRST_ID64:x}".translate(str.maketrans("0123456789abcdef", _INVITE_DIGITS))
    middle = len(code) // 2
    return f"{code[:middle]}-{code[middle:]}" if middle else code


def _invalid(text: str) -> AccountTextInvalid:
    return AccountTextInvalid(Platform.STEAM, text)


def _explicit(text: str) -> SteamId | None:
    """Read the forms that name an account and nothing else."""
    if _DIGITS.fullmatch(text) and FIRST_ID64 <= int(text) <= LAST_ID64:
        return SteamId(str(int(text)))
    if match := _STEAM3.fullmatch(text):
        return _of_account(int(match[1] or match[2]))
    if match := _STEAM2.fullmatch(text):
        return _of_account(2 * int(match[2]) + int(match[1]))
    return None


def _of_account(number: int) -> SteamId | None:
    return SteamId(str(FIRST_ID64 + number)) if number <= LAST_ID64 - FIRST_ID64 else None


def _friend_code(text: str) -> SteamId | None:
    if not _FRIEND_CODE.fullmatch(text):
        return None
    found = _of_account(int(text))
    return found and SteamId(found.id64, or_vanity=text)


def _from_address(text: str) -> SteamId | SteamVanity | None:
    """Read an address, with or without its scheme, `www.` or `m.`, trailing parts and query."""
    if match := _ADDRESS.fullmatch(text):
        host, rest = match[1].lower(), match[2]
    elif _BARE_PATH.fullmatch(text):
        host, rest = "steamcommunity.com", text
    else:
        return None
    path = re.split(r"[?#]", rest, maxsplit=1)[0]
    parts = [unquote(part) for part in path.split("/") if part]
    if len(parts) < 2:  # noqa: PLR2004 - a kind and its value
        return None
    match (host, parts[0].lower()):
        case ("steamcommunity.com", "profiles"):
            return _explicit(parts[1])
        case ("steamcommunity.com", "id"):
            return _vanity(parts[1])
        case ("steamcommunity.com", "user") | ("s.team", "p"):
            return _from_invite_code(parts[1])
        case _:
            return None


def _vanity(text: str) -> SteamVanity | None:
    return SteamVanity(text) if _VANITY.fullmatch(text) else None


def _from_invite_code(code: str) -> SteamId | None:
    letters = code.replace("-", "").lower()
    if not 1 <= len(letters) <= len("ffffffff") or not set(letters) <= set(_INVITE_DIGITS):
        return None
    number = 0
    for letter in letters:
        number = number * 16 + _INVITE_DIGITS.index(letter)
    return _of_account(number)
