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
import tempfile
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from jwt.algorithms import ECAlgorithm
from jwt.exceptions import PyJWTError

from verify.jws import PublicKeys
from verify.status_list import STATUS_LIST_SIZE, PublishedList, read_list
from verify.verdict import Refused

TRUST_PATH: Final = "/.well-known/liangzheng-trust"
TRUST_LIMIT: Final = 24 * 3600
"""Seconds for which a bundle may be used."""
BUNDLE_MAX: Final = 64 << 20
"""Bytes of a bundle."""
FETCH_WAIT: Final = 30
"""Seconds a server may be silent while a bundle is fetched."""

_FILE_MODE: Final = 0o644  # everything in a bundle is public


class BundleError(Exception):
    """A bundle cannot be fetched or read; the sentence says why."""


@dataclass(frozen=True)
class ListEntry:
    """What a list says at one place (0 valid, 1 invalid, 2 suspended), true at `as_of`."""

    status: int
    as_of: int


@dataclass(frozen=True)
class IssuerTrust:
    """What is known of one issuer at `as_of` (Unix seconds). `types` are names by short number."""

    issuer: str
    as_of: int
    keys: Mapping[str, EllipticCurvePublicKey]
    lists: Mapping[int, PublishedList]
    types: Mapping[int, str]
    document: Mapping[str, Any]
    """The bundle as it came, to be saved."""

    def entry(self, index: int) -> ListEntry | None:
        """The entry at an index (list × 2^20 + place), None where the bundle has no such list."""
        number, place = divmod(index, STATUS_LIST_SIZE)
        published = self.lists.get(number)
        if published is None or place >= len(published.entries):
            return None
        return ListEntry(published.entries.status(place), published.issued_at)

    @property
    def good_until(self) -> int:
        """The first second at which the bundle may no longer be used."""
        ends = (published.expires_at for published in self.lists.values())
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


def read_bundle(document: Any) -> IssuerTrust:
    """Read one bundle, as parsed from its JSON; raises BundleError."""
    try:
        issuer = document["iss"]
        if not isinstance(issuer, str):
            raise TypeError("iss")
        keys = {jwk["kid"]: _key(jwk) for jwk in document["keys"]}
        by_kid: PublicKeys = {kid: {issuer: key} for kid, key in keys.items()}
        return IssuerTrust(
            issuer=issuer,
            as_of=_seconds(document["as_of"]),
            keys=keys,
            lists={
                int(number): read_list(token, int(number), by_kid)
                for number, token in document["lists"].items()
            },
            types={int(number): str(name) for number, name in document["types"].items()},
            document=document,
        )
    except Refused as refused:
        raise BundleError(f"A status list of the bundle is refused: {refused.reason}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, PyJWTError):
        raise BundleError("This is not a trust bundle.") from None


def load_trust(path: Path) -> Trust:
    """Read a file of one bundle or a list of bundles; raises BundleError."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        raise BundleError(f"{path} cannot be read as a trust bundle.") from None
    documents = content if isinstance(content, list) else [content]
    return gather(map(read_bundle, documents))


def save_trust(trust: Trust, path: Path) -> None:
    """Write the bundles to a file, whole or not at all; raises OSError."""
    documents = [bundle.document for bundle in trust.issuers.values()]
    content = documents[0] if len(documents) == 1 else documents
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(_FILE_MODE)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def fetch_bundle(address: str) -> IssuerTrust:
    """Fetch the bundle of a library by its public address; raises BundleError."""
    if not address.startswith(("https://", "http://")):
        raise BundleError(f"{address} is not an address of the web.")
    try:
        with _WEB.open(address.rstrip("/") + TRUST_PATH, timeout=FETCH_WAIT) as answer:
            content = answer.read(BUNDLE_MAX + 1)
        if len(content) > BUNDLE_MAX:
            raise BundleError(f"What {address} gives is too long for a trust bundle.")
        document = json.loads(content)
    except (OSError, ValueError, RecursionError, HTTPException):
        raise BundleError(f"{address} gives no trust bundle.") from None
    return read_bundle(document)


def _web() -> urllib.request.OpenerDirector:
    """Opens http and https, through the environment's proxy, and follows nobody elsewhere."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


_WEB: Final = _web()


def _key(jwk: Mapping[str, Any]) -> EllipticCurvePublicKey:
    key = ECAlgorithm(ECAlgorithm.SHA256).from_jwk(dict(jwk))
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("a bundle holds public P-256 keys only")
    return key


def _seconds(instant: str) -> int:
    moment = datetime.fromisoformat(instant)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return int(moment.timestamp())
