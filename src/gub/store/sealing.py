"""Which fields of a credential are secret, and how they are kept: each by itself, inside the document of the seed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gub.store.documents import Document, text_of
from gub.store.vault import Vault

SECRETS: Final = ("client_secret", "npsso", "api_key")
"""The secret fields of a credential."""

TOKEN_SECRETS: Final = ("access_token", "refresh_token", "id_token", "user_id")
"""The secret fields of its `tokens`. The other fields of both are stored in the clear."""


def sealed(vault: Vault, fields: Mapping[str, Any]) -> Document:
    """Give fields of a credential as they are to be stored. Those that are None are left out."""
    kept = {name: _sealed(vault, name, value, SECRETS) for name, value in fields.items() if value is not None}
    if isinstance(tokens := fields.get("tokens"), Mapping):
        kept["tokens"] = {
            name: _sealed(vault, name, value, TOKEN_SECRETS) for name, value in tokens.items() if value is not None
        }
    return kept


def opened(vault: Vault, document: Document) -> Document:
    """Give a stored credential in the clear, with the secrets alone that are strings (or were, as numbers).

    Raises:
        WrongSecretKey: it is encrypted with a key that this vault does not hold.
    """
    clear = document | {name: _opened(vault, document.get(name)) for name in SECRETS}
    tokens = document.get("tokens")
    if isinstance(tokens, dict):
        clear["tokens"] = tokens | {name: _opened(vault, tokens.get(name)) for name in TOKEN_SECRETS}
    return clear


def resealed(vault: Vault, document: Document) -> tuple[Document, Document]:
    """Give the secret fields of a stored credential as they are, and encrypted anew, both by their dotted names.

    Raises:
        WrongSecretKey: as `opened`.
    """
    found = dict(_stored_secrets(document))
    return found, {name: vault.encrypt(_opened(vault, value) or "") for name, value in found.items()}


def _stored_secrets(document: Document) -> Iterator[tuple[str, Any]]:
    tokens = document.get("tokens")
    for name in SECRETS:
        if text_of(document.get(name)) is not None:
            yield name, document[name]
    for name in TOKEN_SECRETS:
        if isinstance(tokens, dict) and text_of(tokens.get(name)) is not None:
            yield f"tokens.{name}", tokens[name]


def _sealed(vault: Vault, name: str, value: Any, secrets: tuple[str, ...]) -> Any:
    return vault.encrypt(value) if name in secrets and isinstance(value, str) else value


def _opened(vault: Vault, value: object) -> str | None:
    text = text_of(value)
    return None if text is None else vault.decrypt(text)
