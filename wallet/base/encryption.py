"""Personal data at rest: AES-256-GCM for values, a keyed blind index for look-up.

Every key is derived from the one secret by HKDF (RFC 5869) with a purpose of its own, so no
two uses share a key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE: Final = 12


def derive_key(secret: str, purpose: str, length: int = 32) -> bytes:
    """A key for one purpose, `length` bytes."""
    return HKDF(
        algorithm=hashes.SHA256(), length=length, salt=None, info=b"liangzheng " + purpose.encode()
    ).derive(secret.encode())


class Vault:
    """Seals and opens personal values; `context` binds a value to its place (table, column)."""

    def __init__(self, secret: str) -> None:
        self._cipher = AESGCM(derive_key(secret, "personal data"))
        self._index_key = derive_key(secret, "blind index")

    def seal(self, value: str, context: str) -> bytes:
        """Nonce followed by ciphertext and tag."""
        return self.seal_bytes(value.encode(), context)

    def open(self, sealed: bytes, context: str) -> str:
        """The value; raises `InvalidTag` for anything that was not sealed for that context."""
        return self.open_bytes(sealed, context).decode()

    def seal_bytes(self, value: bytes, context: str) -> bytes:
        """As `seal`, of what is no text."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, value, context.encode())

    def open_bytes(self, sealed: bytes, context: str) -> bytes:
        """What `seal_bytes` sealed; raises as `open`."""
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())

    def index(self, value: str, context: str) -> bytes:
        """16 bytes by which an equal value can be found, and which tell nothing without the key."""
        message = context.encode() + b"\0" + value.encode()
        return hmac.digest(self._index_key, message, hashlib.sha256)[:16]


__all__ = ["InvalidTag", "Vault", "derive_key"]
