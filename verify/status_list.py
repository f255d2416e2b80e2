"""Token Status List (IETF draft-ietf-oauth-status-list): pack, unpack within bounds, read one entry.

Two bits an entry: 0 valid, 1 invalid, 2 suspended. A list is published as a signed token whose
`ttl` says how long a copy may be used before a fresh one should be fetched, and whose `exp` when
it may not be used at all.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

from verify.jws import LAST_SECOND, PublicKeys, Signer, decode_bytes, encode_bytes, read_token, sign
from verify.verdict import Refused

STATUS_LIST_TYP: Final = "statuslist+jwt"
STATUS_LIST_PATH: Final = "/status-lists/"
"""Below this path a library publishes its lists, each by its number."""
STATUS_LIST_SIZE: Final = 1 << 20
"""Entries of one list, and the most that one may have; a status index is list × this + place."""
STATUS_LIST_TTL: Final = 15 * 60
"""Seconds after which a copy should be fetched anew."""
STATUS_LIST_LIFE: Final = 24 * 3600
"""Seconds after which a copy may not be used."""

VALID: Final = 0
INVALID: Final = 1
SUSPENDED: Final = 2

_BITS: Final = 2
_PER_BYTE: Final = 8 // _BITS
_LEVEL: Final = 6  # of DEFLATE; 9 takes thirteen times as long for 7 % fewer bytes


@dataclass(frozen=True)
class StatusList:
    """An unpacked list; 8 / `bits` entries a byte, the first in the lowest bits."""

    bits: int
    packed: bytes

    def __len__(self) -> int:
        return len(self.packed) * 8 // self.bits

    def status(self, place: int) -> int:
        """The status at a place; raises IndexError outside the list."""
        if not 0 <= place < len(self):
            raise IndexError(place)
        byte, part = divmod(place * self.bits, 8)
        return self.packed[byte] >> part & (1 << self.bits) - 1


@dataclass(frozen=True)
class PublishedList:
    """A list with its number and times (Unix seconds), as its token gives them."""

    issuer: str
    number: int
    issued_at: int
    expires_at: int
    entries: StatusList


def pack(statuses: bytes) -> StatusList:
    """A list of two bits an entry from one status (0 to 3) a byte.

    Raises ValueError for another status, or where the last byte would not be full.
    """
    if len(statuses) % _PER_BYTE or max(statuses, default=0) >= 1 << _BITS:
        raise ValueError("statuses")
    # Whole numbers as long as the list: every fourth entry, moved to its bits, all at once.
    lanes = (
        int.from_bytes(statuses[lane::_PER_BYTE], "little") << lane * _BITS
        for lane in range(_PER_BYTE)
    )
    return StatusList(_BITS, reduce(or_, lanes).to_bytes(len(statuses) // _PER_BYTE, "little"))


def compress(entries: StatusList) -> str:
    """The member `lst`: DEFLATE in the ZLIB format (RFC 1950), base64url."""
    return encode_bytes(zlib.compress(entries.packed, _LEVEL))


def decompress(lst: str, bits: int) -> StatusList:
    """Unpack a member `lst`; raises ValueError for what is none, or has more entries than a list."""
    if bits not in (1, 2, 4, 8):
        raise ValueError("bits")
    longest = STATUS_LIST_SIZE * bits // 8
    inflater = zlib.decompressobj()
    try:
        # One byte more than allowed, so that a list of exactly the limit comes to its end.
        packed = inflater.decompress(decode_bytes(lst), longest + 1)
    except zlib.error:
        raise ValueError("not DEFLATE") from None
    if not inflater.eof or inflater.unused_data or len(packed) > longest:
        raise ValueError("too long, cut off, or with something behind it")
    return StatusList(bits, packed)


def sign_list(published: PublishedList, public_url: str, signer: Signer) -> str:
    """A status list token; claim `sub` is where it is published below `public_url`."""
    claims = {
        "iss": published.issuer,
        "sub": f"{public_url}{STATUS_LIST_PATH}{published.number}",
        "iat": published.issued_at,
        "exp": published.expires_at,
        "ttl": STATUS_LIST_TTL,
        "status_list": {
            "bits": published.entries.bits,
            "lst": compress(published.entries),
        },
    }
    return sign(claims, STATUS_LIST_TYP, signer)


def read_list(token: str, number: int, keys: PublicKeys) -> PublishedList:
    """Read the token of the list with that number; raises Refused with its reason.

    Whether its times are good at some moment is for the caller to say.
    """
    claims = read_token(token, STATUS_LIST_TYP, keys)
    try:
        listed: Any = claims["status_list"]
        if not claims["sub"].endswith(f"{STATUS_LIST_PATH}{number}"):
            raise ValueError("another list")
        # `type` and not `isinstance`: JSON's true is an int to Python.
        if not all(type(n) is int for n in (claims["iat"], claims["exp"], listed["bits"])):
            raise ValueError("numbers")
        if not 0 <= claims["iat"] <= claims["exp"] <= LAST_SECOND:
            raise ValueError("times")
        return PublishedList(
            issuer=claims["iss"],
            number=number,
            issued_at=claims["iat"],
            expires_at=claims["exp"],
            entries=decompress(listed["lst"], listed["bits"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("malformed") from None
