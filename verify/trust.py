"""The trust bundle: public keys and status lists, how old they are, and what types are called.

A library publishes it at `/.well-known/liangzheng-trust` as plain JSON:

- `iss`, the library's area code
- `as_of`, when it was put together (RFC 3339)
- `keys`, so that the whole document is also a JWK Set (RFC 7517 §5)
- `lists`, number → status list token; each carries its own time in `iat`
- `types`, short number → name of the licence type

The bundle itself is not signed: where it comes from is vouched for by TLS, or by whoever carries
it to a desk. The lists are signed; a bundle whose lists its own keys do not vouch for is refused
as a whole. Several libraries' bundles stand side by side, each judging its own codes only.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from jwt.algorithms import ECAlgorithm
from jwt.exceptions import PyJWTError

from verify.codes import CLOCK_TOLERANCE
from verify.jws import LAST_SECOND, PublicKeys, parse
from verify.status_list import STATUS_LIST_SIZE, StatusList, decompress, read_list
from verify.verdict import Refused

TRUST_PATH: Final = "/.well-known/liangzheng-trust"
TRUST_LIMIT: Final = 24 * 3600
"""Seconds for which a bundle may be used."""

LISTS_UNPACKED: Final = 64
"""Lists that are kept unpacked, of all bundles: those that were looked into last."""
_FILE_MAX: Final = 256 << 20
"""Bytes of a file of bundles."""
_FILE_MODE: Final = 0o644  # everything in a bundle is public
_NUMBER: Final = re.compile(r"0|[1-9][0-9]*")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
"""RFC 3339 alone, and whole numbers as JSON writes them: `datetime` and `int` read more."""


class BundleError(Exception):
    """A bundle cannot be fetched or read; the sentence says why."""


@dataclass(frozen=True)
class ListEntry:
    """What a list says at one place (0 valid, 1 invalid, 2 suspended), true at `as_of`."""

    status: int
    as_of: int


@dataclass(frozen=True)
class KeptList:
    """A list of a bundle, read and found good, with its times (Unix seconds).

    It is kept as it came: a kilobyte unpacks to 256, and how many lists there are is for whoever
    made the bundle to say.
    """

    token: str
    issued_at: int
    expires_at: int

    @property
    def entries(self) -> StatusList:
        """What it says, unpacked."""
        return _unpacked(self.token)


@dataclass(frozen=True)
class IssuerTrust:
    """What is known of one issuer at `as_of` (Unix seconds). `types` are names by short number."""

    issuer: str
    as_of: int
    keys: Mapping[str, EllipticCurvePublicKey]
    lists: Mapping[int, KeptList]
    types: Mapping[int, str]
    document: Mapping[str, Any]
    """The bundle as it came, to be saved."""

    def entry(self, index: int) -> ListEntry | None:
        """The entry at an index (list × 2^20 + place), None where the bundle has no such list."""
        number, place = divmod(index, STATUS_LIST_SIZE)
        kept = self.lists.get(number)
        if kept is None:
            return None
        entries = kept.entries
        if place >= len(entries):
            return None
        return ListEntry(entries.status(place), kept.issued_at)

    @property
    def good_until(self) -> int:
        """The first second at which the bundle may no longer be used."""
        ends = (kept.expires_at for kept in self.lists.values())
        return min((self.as_of + TRUST_LIMIT, *ends))


@dataclass(frozen=True)
class Trust:
    """Bundles of several issuers, side by side; a code is judged by the bundle of its own.

    `home` is the issuer whose desk this is; of the others' codes a verdict says where they are from.
    """

    issuers: Mapping[str, IssuerTrust]
    home: str

    @property
    def keys(self) -> PublicKeys:
        """kid → issuer → key."""
        keys: dict[str, dict[str, EllipticCurvePublicKey]] = {}
        for issuer, trust in self.issuers.items():
            for kid, key in trust.keys.items():
                keys.setdefault(kid, {})[issuer] = key
        return keys


def gather(bundles: Iterable[IssuerTrust]) -> Trust:
    """Bundles side by side, the first of them at home; of two of one issuer the later is kept.

    Raises BundleError where there is none.
    """
    issuers: dict[str, IssuerTrust] = {}
    for bundle in bundles:
        found = issuers.setdefault(bundle.issuer, bundle)
        if found.as_of < bundle.as_of:
            issuers[bundle.issuer] = bundle
    if not issuers:
        raise BundleError("There is no trust bundle.")
    return Trust(issuers, home=next(iter(issuers)))


def renew(trust: Trust, issuer: str, bundle: IssuerTrust, now: float) -> Trust:
    """The trust with a fresh bundle of an issuer that it has; raises BundleError for another's.

    A bundle older than what is there is not taken, unless what is there is from the future.
    """
    if bundle.issuer != issuer or issuer not in trust.issuers:
        raise BundleError(f"This bundle is of {bundle.issuer}, not of {issuer}.")
    found = trust.issuers[issuer]
    if bundle.as_of < found.as_of <= now + CLOCK_TOLERANCE:
        return trust
    return replace(trust, issuers={**trust.issuers, issuer: bundle})


def read_bundle(document: Any) -> IssuerTrust:
    """Read one bundle, as parsed from its JSON; raises BundleError."""
    try:
        issuer = _text(document["iss"])
        keys = {jwk["kid"]: _key(jwk) for jwk in document["keys"]}
        by_kid: PublicKeys = {kid: {issuer: key} for kid, key in keys.items()}
        return IssuerTrust(
            issuer=issuer,
            as_of=_seconds(document["as_of"]),
            keys=keys,
            lists={
                number: _keep(token, number, by_kid)
                for number, token in _numbered(document["lists"])
            },
            types={number: _text(name) for number, name in _numbered(document["types"])},
            document=document,
        )
    except Refused as refused:
        raise BundleError(f"A status list of the bundle is refused: {refused.reason}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, PyJWTError):
        raise BundleError("This is not a trust bundle.") from None


def load_trust(path: Path) -> Trust:
    """Read a file of one bundle or a list of bundles; raises BundleError."""
    try:
        with path.open("rb") as file:
            text = file.read(_FILE_MAX + 1)
        if len(text) > _FILE_MAX:
            raise ValueError("too long")
        content = json.loads(text)
    except (OSError, ValueError, RecursionError):
        raise BundleError(f"{path} cannot be read as a trust bundle.") from None
    documents = content if isinstance(content, list) else [content]
    return gather(map(read_bundle, documents))


def trust_document(trust: Trust) -> Mapping[str, Any] | list[Mapping[str, Any]]:
    """One bundle as it came, or a list of them, that of home first."""
    documents = [bundle.document for bundle in trust.issuers.values()]
    return documents[0] if len(documents) == 1 else documents


def save_trust(trust: Trust, path: Path) -> None:
    """Write the bundles to a file, whole or not at all; raises OSError."""
    content = trust_document(trust)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(_FILE_MODE)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _keep(token: str, number: int, keys: PublicKeys) -> KeptList:
    """Unpacked once, to know that it is a list; raises Refused."""
    published = read_list(token, number, keys)
    return KeptList(token, published.issued_at, published.expires_at)


@lru_cache(maxsize=LISTS_UNPACKED)
def _unpacked(token: str) -> StatusList:
    listed = parse(token).claims["status_list"]
    return decompress(listed["lst"], listed["bits"])


def _key(jwk: Mapping[str, Any]) -> EllipticCurvePublicKey:
    key = ECAlgorithm(ECAlgorithm.SHA256).from_jwk(dict(jwk))
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("a bundle holds public P-256 keys only")
    return key


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    value.encode()  # half of a surrogate pair could not be shown or written
    return value


def _numbered(members: Mapping[str, Any]) -> Iterator[tuple[int, Any]]:
    for name, value in members.items():
        if _NUMBER.fullmatch(name) is None:
            raise ValueError("not a number")
        yield int(name), value


def _seconds(instant: str) -> int:
    if _INSTANT.fullmatch(instant) is None:
        raise ValueError("not a time")
    seconds = int(datetime.fromisoformat(instant).timestamp())
    if not 0 <= seconds <= LAST_SECOND:  # what a verdict can say
        raise ValueError("not a time")
    return seconds
