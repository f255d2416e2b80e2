"""The kinds of code, their claims and lifetimes; one strict reader and one writer.

A code is a compact JWS with ES256, taken apart by `verify.jws` as strictly as can be.

The order of judgement; the first that fails is the reason:

1. size, alphabet, segments, canonical base64url       malformed
2. JSON, duplicate members, header members, types       malformed
3. `typ`                                                wrong_kind
4. `alg`, the claims of that kind and their types       malformed
5. `kid`                                                unknown_key
6. `iss`                                                unknown_issuer
7. signature                                            bad_signature
8. life above the cap of its kind                       malformed
9. times                                                not_yet_valid, expired, copy_expired
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from verify.jws import ALGORITHM, LAST_SECOND, PublicKeys, Signer, check_signature, parse, sign
from verify.verdict import Reason, Refused

CODE_TEXT_MAX: Final = 2048
"""Characters of a code's text, address included."""
LIVE_CODE_LIFE: Final = 60
"""Seconds a live code lives."""
LIVE_CODE_REFRESH: Final = 30
"""Seconds after which the phone fetches the next code of the same showing."""
CLOCK_TOLERANCE: Final = 30
"""Seconds by which two clocks may differ, the only tolerance there is."""
LIVE_TEXT_MAX: Final = 367
"""Bytes of a live code's text: what a QR code of version 12 holds at level L."""
PAPER_CODE_LIFE: Final = 91 * 24 * 3600
"""Seconds a paper code lives at most: the day of its print, and 90 days more."""
JTI_BYTES: Final = 12
"""Random bytes of a live code's `jti`."""

_JTI: Final = re.compile(r"[A-Za-z0-9_-]{16}")
_SERIAL: Final = re.compile(r"[0-9A-Z]{16}")
_HANDLE: Final = re.compile(r"[A-Za-z0-9_-]{14,128}")
_ISSUER: Final = re.compile(r"[A-Za-z0-9.:-]{1,64}")
_NAME: Final = re.compile(r"[^\s\ud800-\udfff]\*")  # half a surrogate pair cannot be written out
_TYPE_NUMBER_MAX: Final = 99_999
_NUMBER_MAX: Final = 2**31 - 1
_INDEX_MAX: Final = 2**40 - 1


def _text(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _whole_number(low: int, high: int) -> Callable[[Any], bool]:
    # `type` and not `isinstance`: JSON's true is an int to Python.
    return lambda value: type(value) is int and low <= value <= high


_type_number = _whole_number(1, _TYPE_NUMBER_MAX)


def _type_numbers(value: Any) -> bool:
    if isinstance(value, list):
        return 2 <= len(value) <= 16 and all(map(_type_number, value))
    return _type_number(value)


_number = _whole_number(1, _NUMBER_MAX)
_index = _whole_number(0, _INDEX_MAX)
_seconds = _whole_number(0, LAST_SECOND)


@dataclass(frozen=True)
class Kind:
    """One kind of code.

    `claims` and `optional` map a claim's name to the test of its value; a code carries all
    of the first, any of the second and nothing else. `end` is the claim that says when a code
    ends, `life` the most seconds from `iat` to it, `ended` the reason of a code that is past it.
    """

    typ: str
    claims: Mapping[str, Callable[[Any], bool]]
    optional: Mapping[str, Callable[[Any], bool]]
    end: str
    life: int
    ended: Reason


LIVE: Final = Kind(
    typ="lz-live+jwt",
    claims={
        "iss": _text(_ISSUER),
        "jti": _text(_JTI),
        "iat": _seconds,
        "exp": _seconds,
        "h": _text(_HANDLE),
        "t": _type_numbers,
    },
    optional={"n": _text(_NAME)},
    end="exp",
    life=LIVE_CODE_LIFE,
    ended="expired",
)
"""亮码: shown on a phone, good for a minute, used once."""

PAPER: Final = Kind(
    typ="lz-paper+jwt",
    claims={
        "iss": _text(_ISSUER),
        "jti": _text(_SERIAL),
        "iat": _seconds,
        "end": _seconds,
        "t": _type_number,
        "l": _index,
        "c": _index,
    },
    optional={"n": _text(_NAME), "i": _number, "u": _number},
    end="end",
    life=PAPER_CODE_LIFE,
    ended="copy_expired",
)
"""加注件: printed, good until its end date, each copy with a status index of its own."""

KINDS: Final[Mapping[str, Kind]] = {kind.typ: kind for kind in (LIVE, PAPER)}


@dataclass(frozen=True)
class Code:
    """A code whose form, signature and times are good.

    `jti` is its identity (the text is not: an ES256 signature has a second valid form).
    Times are Unix seconds, `ends_at` the first at which it is over but for the tolerance.
    `types` are the short numbers of the licence types it shows, in the code's order.
    `name` is a person's masked name, None for organisations.
    """

    kid: str
    issuer: str
    jti: str
    issued_at: int
    ends_at: int
    types: tuple[int, ...]
    name: str | None


@dataclass(frozen=True)
class LiveCode(Code):
    """A live code. `handle` says who shows what, to the library alone."""

    handle: str


@dataclass(frozen=True)
class PaperCode(Code):
    """The code of an annotated copy; `jti` is its serial.

    The indices are places in the status lists (list × 2^20 + place), of the licence and of the
    copy itself. `item` and `recipient` are the short numbers of the use item and the unit that
    the copy was made for, None where they were not known.
    """

    licence_index: int
    copy_index: int
    item: int | None
    recipient: int | None


def read(text: str, keys: PublicKeys, now: float) -> LiveCode | PaperCode:
    """Read a code strictly.

    `text` is what a scanner gave: what follows the first `#`, else the whole. `now` is Unix
    time in seconds. Raises `Refused` with the first reason in the order above, and nothing
    else whatever the text.
    """
    # 1. and 2. size and form
    if len(text) > CODE_TEXT_MAX:
        raise Refused("malformed")
    _, mark, fragment = text.partition("#")
    jws = parse(fragment if mark else text)
    claims = jws.claims

    # 3. typ
    kind = KINDS.get(jws.header["typ"])
    if kind is None:
        raise Refused("wrong_kind")

    # 4. alg, the claims of that kind and their types
    if jws.header["alg"] != ALGORITHM or not kind.claims.keys() <= claims.keys():
        raise Refused("malformed")
    for name, value in claims.items():
        test = kind.claims.get(name) or kind.optional.get(name)
        if test is None or not test(value):
            raise Refused("malformed")

    # 5. to 7. kid, iss, signature
    check_signature(jws, keys, claims["iss"])

    # 8. life
    ends_at = claims[kind.end]
    if ends_at - claims["iat"] > kind.life:
        raise Refused("malformed")

    # 9. times: good while iat − tolerance ≤ now < end + tolerance
    if now < claims["iat"] - CLOCK_TOLERANCE:
        raise Refused("not_yet_valid")
    if now >= ends_at + CLOCK_TOLERANCE:
        raise Refused(kind.ended)

    types = claims["t"]
    common = {
        "kid": jws.header["kid"],
        "issuer": claims["iss"],
        "jti": claims["jti"],
        "issued_at": claims["iat"],
        "ends_at": ends_at,
        "types": tuple(types) if isinstance(types, list) else (types,),
        "name": claims.get("n"),
    }
    if kind is LIVE:
        return LiveCode(**common, handle=claims["h"])
    return PaperCode(
        **common,
        licence_index=claims["l"],
        copy_index=claims["c"],
        item=claims.get("i"),
        recipient=claims.get("u"),
    )


def encode(kind: Kind, claims: Mapping[str, Any], signer: Signer) -> str:
    """Sign claims as a code of that kind. Returns the compact JWS."""
    return sign(claims, kind.typ, signer)
