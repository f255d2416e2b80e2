"""Compact JWS (RFC 7515) with ES256 (RFC 7518 §3.4), read strictly and written canonically.

JOSE libraries forgive duplicate members, padding and stray bits; here a text is taken apart
before any of them sees it, and only the signature is left to the library.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, Protocol

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jwt.algorithms import ECAlgorithm

from verify.verdict import Refused

ALGORITHM: Final = "ES256"
LAST_SECOND: Final = 253_402_300_799
"""9999-12-31T23:59:59Z in Unix seconds, the last time that RFC 3339 can write."""
PublicKeys = Mapping[str, Mapping[str, EllipticCurvePublicKey]]
"""kid → issuer → key: the keys a reader trusts. A `kid` is looked up, never interpreted."""

_SEGMENT: Final = re.compile(r"[A-Za-z0-9_-]*")
_HEADER_MEMBERS: Final = frozenset({"alg", "kid", "typ"})
_ES256: Final = ECAlgorithm(ECAlgorithm.SHA256)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Signer(Protocol):
    """Whoever signs: a key in a file, or one in hardware that never comes out of it."""

    @property
    def kid(self) -> str:
        """The name by which readers look its public key up."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The signature in its JOSE form: r and s, 32 bytes each (RFC 7518 §3.4)."""
        ...


@dataclass(frozen=True)
class Jws:
    """A JWS of good form, its signature not yet looked at. The header is exactly alg, kid, typ."""

    header: Mapping[str, str]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes


def parse(compact: str) -> Jws:
    """Take a compact JWS apart; raises Refused (`malformed`) unless every byte is as it must be."""
    segments = compact.split(".")
    if len(segments) != 3:
        raise Refused("malformed")
    try:
        header_bytes, payload_bytes, signature = map(decode_bytes, segments)
        header, claims = _object(header_bytes), _object(payload_bytes)
    except (ValueError, RecursionError):
        raise Refused("malformed") from None
    if header.keys() != _HEADER_MEMBERS or not all(isinstance(v, str) for v in header.values()):
        raise Refused("malformed")
    return Jws(header, claims, compact[: compact.rindex(".")].encode("ascii"), signature)


def check_signature(jws: Jws, keys: PublicKeys, issuer: Any) -> None:
    """Refuse (`unknown_key`, `unknown_issuer`, `bad_signature`) what these keys do not vouch for."""
    issuers = keys.get(jws.header["kid"])
    if issuers is None:
        raise Refused("unknown_key")
    key = issuers.get(issuer) if isinstance(issuer, str) else None
    if key is None:
        raise Refused("unknown_issuer")
    if not _ES256.verify(jws.signed, key, jws.signature):
        raise Refused("bad_signature")


def read_token(text: str, typ: str, keys: PublicKeys) -> Mapping[str, Any]:
    """The claims of a signed token that is no code; raises Refused in the order of codes."""
    jws = parse(text)
    if jws.header["typ"] != typ:
        raise Refused("wrong_kind")
    if jws.header["alg"] != ALGORITHM:
        raise Refused("malformed")
    check_signature(jws, keys, jws.claims.get("iss"))
    return jws.claims


def sign(claims: Mapping[str, Any], typ: str, signer: Signer) -> str:
    """Sign claims, written canonically: sorted members, no spaces, UTF-8. Returns the compact JWS.

    `\\u` escapes of a Chinese name would cost a QR code a version.
    """
    header = {"alg": ALGORITHM, "kid": signer.kid, "typ": typ}
    signed = ".".join(encode_bytes(_ENCODER.encode(part).encode()) for part in (header, claims))
    return f"{signed}.{encode_bytes(signer.sign(signed.encode()))}"


def encode_bytes(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_bytes(text: str) -> bytes:
    """Bytes of a canonical base64url text; raises ValueError for any other text."""
    if _SEGMENT.fullmatch(text) is None or len(text) % 4 == 1:
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode_bytes(data) != text:  # unused trailing bits were set
        raise ValueError("not canonical base64url")
    return data


def _object(data: bytes) -> dict[str, Any]:
    value = _DECODER.decode(data.decode("utf-8"))
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_refuse)
