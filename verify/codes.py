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
9. times                                                not_yet_valid, expired
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from verify.jws import ALGORITHM, PublicKeys, Signer, check_signature, parse, sign
from verify.verdict import Refused

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
JTI_BYTES: Final = 12

_LAST_SECOND: Final = 253_402_300_799  # 9999-12-31T23:59:59Z, the last that RFC 3339 can write
_JTI: Final = re.compile(r"[A-Za-z0-9_-]{16}")
_HANDLE: Final = re.compile(r"[A-Za-z0-9_-]{14,128}")
_ISSUER: Final = re.compile(r"[A-Za-z0-9.:-]{1,64}")
_NAME: Final = re.compile(r"\S\*")
_TYPE_NUMBER_MAX: Final = 99_999


def _text(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _whole_number(low: int, high: int) -> Callable[[Any], bool]:
    # `type` and not `isinstance`: JSON's true is an int to Python.
    return lambda value: type(value) is int and low <= value <= high


def _type_numbers(value: Any) -> bool:
    one = _whole_number(1, _TYPE_NUMBER_MAX)
    if isinstance(value, list):
        return 2 <= len(value) <= 16 and all(map(one, value))
    return one(value)


_seconds = _whole_number(0, _LAST_SECOND)


@dataclass(frozen=True)
class Kind:
    """One kind of code.

    `claims` and `optional` map a claim's name to the test of its value; a code carries all
    of the first, any of the second and nothing else. `life` is the most seconds between
    `iat` and `exp`, None where the kind has no `exp`.
    """

    typ: str
    claims: Mapping[str, Callable[[Any], bool]]
    optional: Mapping[str, Callable[[Any], bool]]
    life: int | None


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
    life=LIVE_CODE_LIFE,
)
"""亮码: shown on a phone, good for a minute, used once."""

KINDS: Final[Mapping[str, Kind]] = {kind.typ: kind for kind in (LIVE,)}


@dataclass(frozen=True)
class Code:
    """A code whose form, signature and times are good.

    `jti` is its identity (the text is not: an ES256 signature has a second valid form).
    `types` are the short numbers of the licence types it shows, in the code's order.
    """

    kind: Kind
    kid: str
    issuer: str
    jti: str
    issued_at: int
    expires_at: int
    handle: str
    types: tuple[int, ...]
    name: str | None


def read(text: str, keys: PublicKeys, now: float) -> Code:
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
    if kind.life is not None and claims["exp"] - claims["iat"] > kind.life:
        raise Refused("malformed")

    # 9. times: good while iat − tolerance ≤ now < exp + tolerance
    if now < claims["iat"] - CLOCK_TOLERANCE:
        raise Refused("not_yet_valid")
    if now >= claims["exp"] + CLOCK_TOLERANCE:
        raise Refused("expired")

    types = claims["t"]
    return Code(
        kind=kind,
        kid=jws.header["kid"],
        issuer=claims["iss"],
        jti=claims["jti"],
        issued_at=claims["iat"],
        expires_at=claims["exp"],
        handle=claims["h"],
        types=tuple(types) if isinstance(types, list) else (types,),
        name=claims.get("n"),
    )


def encode(kind: Kind, claims: Mapping[str, Any], signer: Signer) -> str:
    """Sign claims as a code of that kind. Returns the compact JWS."""
    return sign(claims, kind.typ, signer)
