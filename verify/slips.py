"""The code of an emergency slip 应急单: whoever has a trust bundle tells a true blank slip from a made-up one.

A slip shows no licence: a desk that scans its code as one of a licence says `wrong_kind`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from verify.codes import CLOCK_TOLERANCE
from verify.jws import LAST_SECOND, PublicKeys, Signer, read_token, sign
from verify.verdict import Refused

SLIP: Final = "lz-slip+jwt"
TEXT_MAX: Final = 512
"""Characters of a slip's code."""
_NUMBER: Final = re.compile(r"YJ[0-9A-Z]{10}")
_CLAIMS: Final = frozenset({"iss", "jti", "iat", "u"})


@dataclass(frozen=True)
class BlankSlip:
    """A slip that the library issued: its number, the short number of the unit that it is for, and when (Unix seconds)."""

    number: str
    unit: int
    issued_at: int


def sign_slip(issuer: str, slip: BlankSlip, signer: Signer) -> str:
    """The text of a slip's code, a compact JWS."""
    claims = {"iss": issuer, "jti": slip.number, "iat": slip.issued_at, "u": slip.unit}
    return sign(claims, SLIP, signer)


def read_slip(text: str, keys: PublicKeys, now: float) -> BlankSlip:
    """The slip whose code this is; `now` in Unix seconds.

    Raises Refused: `malformed`, `wrong_kind`, `unknown_key`, `unknown_issuer`, `bad_signature`, `not_yet_valid`.
    """
    if len(text) > TEXT_MAX:
        raise Refused("malformed")
    claims = read_token(text, SLIP, keys)
    number, whole = claims.get("jti"), [claims.get("iat"), claims.get("u")]
    if claims.keys() != _CLAIMS or not isinstance(number, str) or not _NUMBER.fullmatch(number):
        raise Refused("malformed")
    # `type` and not `isinstance`: JSON's true is an int to Python.
    if any(type(one) is not int or not 0 <= one <= LAST_SECOND for one in whole):
        raise Refused("malformed")
    if now < claims["iat"] - CLOCK_TOLERANCE:
        raise Refused("not_yet_valid")
    return BlankSlip(number, claims["u"], claims["iat"])
