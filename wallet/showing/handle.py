"""The handle in a code (claim `h`), and the sealed id of a showing.

A handle is who shows and which licences, 5 bytes each, under AES-CTR with the `jti` as nonce:
no tag, since the code's signature protects it, and another stream for every showing, so two
showings of one licence cannot be linked. A showing's id carries the same and its start, sealed
with AES-GCM, so that no row is written until something happens to the showing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from verify.codes import JTI_BYTES, LiveCode
from verify.jws import decode_bytes, encode_bytes
from wallet.base.encryption import derive_key
from wallet.base.key_pairs import SigningKey
from wallet.base.keys import KeyRing

_ID_BYTES: Final = 5
_DELEGATION_BIT: Final = 1 << 39
_WARD_BIT: Final = 1 << 38
_ASSISTED_BIT: Final = 1 << 37
_NONCE: Final = 12


@dataclass(frozen=True)
class Shower:
    """Who shows: an account, for itself or for whom it acts, or a delegation.

    With `for_ward` the account shows as a guardian: the licences are a child's. `assisted` is a hand-over (`HandOver`):
    staff show for the person whom they serve, who needs no account.
    """

    id: int
    delegated: bool
    for_ward: bool = False
    assisted: bool = False

    def __str__(self) -> str:
        kind = "delegation" if self.delegated else "assisted" if self.assisted else "account"
        return f"{kind}:{self.id}"

    @classmethod
    def of(cls, text: str) -> Shower:
        """The one that reads so."""
        kind, _, number = text.partition(":")
        return cls(int(number), delegated=kind == "delegation", assisted=kind == "assisted")


@dataclass(frozen=True)
class Showing:
    """One showing: fixed licences and one `jti`, whatever number of codes it draws. No account opens one that is
    `assisted`: its `account_id` is 0, which none has."""

    jti: str
    account_id: int
    shower: Shower
    licence_ids: tuple[int, ...]
    started_at: datetime


def new_jti() -> str:
    """96 random bits."""
    return encode_bytes(os.urandom(JTI_BYTES))


def seal_handle(key: SigningKey, jti: str, shower: Shower, licence_ids: Sequence[int]) -> str:
    """The claim `h`."""
    return encode_bytes(_stream(key, jti, _pack(shower, licence_ids)))


def open_handle(keys: KeyRing, code: LiveCode) -> tuple[Shower, tuple[int, ...]] | None:
    """Who shows which licences; None when the handle is none of ours."""
    key = keys.by_kid.get(code.kid)
    if key is None or code.issuer != keys.issuer:
        return None
    try:
        sealed = decode_bytes(code.handle)
    except ValueError:
        return None
    if len(sealed) % _ID_BYTES or len(sealed) < 2 * _ID_BYTES:
        return None
    return _unpack(_stream(key, code.jti, sealed))


class ShowingIds:
    """Seals and opens the ids of showings."""

    def __init__(self, secret: str) -> None:
        self._cipher = AESGCM(derive_key(secret, "showing ids"))

    def seal(self, showing: Showing) -> str:
        """The id that the phone sends back, 80 characters for one licence."""
        nonce = os.urandom(_NONCE)
        plain = (
            decode_bytes(showing.jti)
            + _number(int(showing.started_at.timestamp()))
            + _number(showing.account_id)
            + _pack(showing.shower, showing.licence_ids)
        )
        return encode_bytes(nonce + self._cipher.encrypt(nonce, plain, None))

    def open(self, text: str) -> Showing | None:
        """The showing, None for any text that was not sealed here."""
        try:
            sealed = decode_bytes(text)
            plain = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (ValueError, InvalidTag):
            return None
        jti, rest = plain[:JTI_BYTES], plain[JTI_BYTES:]
        start, account = rest[:_ID_BYTES], rest[_ID_BYTES : 2 * _ID_BYTES]
        shower, licence_ids = _unpack(rest[2 * _ID_BYTES :])
        return Showing(
            jti=encode_bytes(jti),
            account_id=int.from_bytes(account),
            shower=shower,
            licence_ids=licence_ids,
            started_at=datetime.fromtimestamp(int.from_bytes(start), UTC),
        )


@lru_cache(maxsize=4)
def showing_ids(secret: str) -> ShowingIds:
    """The one of a secret, kept since deriving its key costs more than a seal."""
    return ShowingIds(secret)


def _number(value: int) -> bytes:
    return value.to_bytes(_ID_BYTES)


def _pack(shower: Shower, licence_ids: Sequence[int]) -> bytes:
    first = shower.id
    first |= _DELEGATION_BIT if shower.delegated else 0
    first |= _WARD_BIT if shower.for_ward else 0
    first |= _ASSISTED_BIT if shower.assisted else 0
    return b"".join(map(_number, (first, *licence_ids)))


def _unpack(plain: bytes) -> tuple[Shower, tuple[int, ...]]:
    first, *licence_ids = (
        int.from_bytes(plain[start : start + _ID_BYTES])
        for start in range(0, len(plain), _ID_BYTES)
    )
    shower = Shower(
        first & ~(_DELEGATION_BIT | _WARD_BIT | _ASSISTED_BIT),
        delegated=bool(first & _DELEGATION_BIT),
        for_ward=bool(first & _WARD_BIT),
        assisted=bool(first & _ASSISTED_BIT),
    )
    return shower, tuple(licence_ids)


def _stream(key: SigningKey, jti: str, data: bytes) -> bytes:
    nonce = decode_bytes(jti).ljust(AES.block_size // 8, b"\0")
    encryptor = Cipher(AES(key.handle_key), CTR(nonce)).encryptor()
    return encryptor.update(data) + encryptor.finalize()
