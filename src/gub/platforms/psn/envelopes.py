"""Reads what PlayStation says when it says no.

There are two shapes: `{"error": {"code": 2281486, "message": ...}}` from the API, and
`{"error": "invalid_grant", "error_description": ..., "error_code": 4159}` from the sign-in, which also comes as the
query of a redirect. psnawp 3.1.0 breaks on the second one. Neither is trusted, and nothing of their text is passed on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from gub.platforms import tolerant
from gub.platforms.errors import Malformed
from gub.platforms.reply import Reply

_NOT_SIGNED_IN: Final = 4165
_TERMS: Final = 103
_BAD_REFRESH_TOKEN: Final = 4159
_LARGEST_CODE: Final = 10**9


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no of the API: `code` where it could be read. It differs from service to service."""

    code: int | None


@dataclass(frozen=True, slots=True)
class SignInRefusal:
    """A no of the sign-in: `word` as OAuth has it, and Sony's own `code` and `description` where they could be read."""

    word: str
    code: int | None
    description: str

    @property
    def needs_npsso(self) -> bool:
        """Say whether nobody is signed in with this NPSSO (any more)."""
        return self.code == _NOT_SIGNED_IN or (self.word == "login_required" and not self.needs_terms)

    @property
    def needs_terms(self) -> bool:
        """Say whether the account's owner has to accept new terms of service first (psn-api#112, psnawp#53)."""
        return self.code == _TERMS or "tosua" in self.description.lower()

    @property
    def needs_another_grant(self) -> bool:
        """Say whether the code or the refresh token is refused, not the way of asking."""
        return self.code == _BAD_REFRESH_TOKEN or self.word == "invalid_grant"


def refusal(reply: Reply) -> Refusal | None:
    """Read a no of the API; None when the body is anything else, such as a page of something that stands before it."""
    error = tolerant.entry(_document(reply), "error")
    return Refusal(_code(error.get("code"))) if isinstance(error, dict) else None


def sign_in_refusal(reply: Reply) -> SignInRefusal | None:
    """Read a no of the sign-in out of an answer's body; None when it is anything else."""
    document = _document(reply)
    return _sign_in_refusal(document) if isinstance(document, dict) else None


def query_of(location: str) -> dict[str, str]:
    """Read the query of the address that a redirect names; empty when it is no address. Of a repeated name the last."""
    try:
        pairs = parse_qs(urlsplit(location).query, max_num_fields=100)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in pairs.items()}


def redirected_refusal(query: Mapping[str, str]) -> SignInRefusal | None:
    """Read a no of the sign-in out of a redirect's query; None when it is none."""
    return _sign_in_refusal(query)


def _sign_in_refusal(fields: Mapping[str, Any]) -> SignInRefusal | None:
    word, code = fields.get("error"), _code(fields.get("error_code"))
    if not isinstance(word, str) and code is None:
        return None
    description = fields.get("error_description")
    return SignInRefusal(
        word if isinstance(word, str) else "", code, description if isinstance(description, str) else ""
    )


def _code(value: Any) -> int | None:
    code = tolerant.whole(value)
    return code if code is not None and 0 <= code < _LARGEST_CODE else None


def _document(reply: Reply) -> Any:
    try:
        return reply.json()
    except Malformed:
        return None
