"""Encryption of credentials at rest. Clear values are read as they are and encrypted when next written."""

import base64
from collections.abc import Sequence
from typing import Final, Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from gub.store.errors import WrongSecretKey

__all__ = ["Vault", "WrongSecretKey"]

_MARK: Final = "enc:"
# The salt is fixed: it keeps GUB's keys apart from those of other programs, and every process that shares the database
# must come to the same key from the passphrase alone. scrypt makes guessing a weak passphrase slow (about 50 ms each).
_SALT: Final = b"gub/vault/1"
_COST: Final = 2**14


class Vault:
    """Encrypts with the first key, decrypts with any."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Derive the keys, once. Without any, values are stored as they are."""
        self._box = MultiFernet([Fernet(_derive(key)) for key in keys]) if keys else None

    @classmethod
    def open_(cls) -> Self:
        """Give a vault without keys."""
        return cls(())

    @property
    def is_locked(self) -> bool:
        """Whether there are keys, so that what is stored is encrypted."""
        return self._box is not None

    def __repr__(self) -> str:
        return f"Vault({'locked' if self._box else 'open'})"

    def encrypt(self, text: str) -> str:
        """Give what is to be stored for this text."""
        return text if self._box is None else _MARK + self._box.encrypt(text.encode()).decode()

    def decrypt(self, stored: str) -> str:
        """Give the text of what was stored.

        Raises:
            WrongSecretKey: it was encrypted with a key that this vault does not hold.
        """
        if not stored.startswith(_MARK):
            return stored
        if self._box is None:
            raise WrongSecretKey("A credential is stored encrypted and GUB_SECRET_KEY is not set: set it as it was.")
        try:
            return self._box.decrypt(stored.removeprefix(_MARK).encode()).decode()
        except (InvalidToken, UnicodeError) as error:
            raise WrongSecretKey(
                "A credential was encrypted with another GUB_SECRET_KEY: add the old key to it after a comma, "
                "or store the credential again with `gub credentials`."
            ) from error


def _derive(passphrase: str) -> bytes:
    return base64.urlsafe_b64encode(Scrypt(salt=_SALT, length=32, n=_COST, r=8, p=1).derive(passphrase.encode()))
