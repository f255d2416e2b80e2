"""What is done with a fuzzer's bytes: hand them to the readers, and judge what the readers say.

The first byte chooses the way, the others are what it works on:

- `text`: handed in as a code
- `edited`: a good code, after edits of single characters (3 bytes each)
- `parts`: header and payload, a newline between; signed with the right key
- `members`: a good code whose members are changed line by line (`name:json`, the header's as
  `@name:json`); signed with the right key
- `listed`: members of a status list token in the same form; signed with the right key
- `packed`: bits, and the compressed bytes of a status list
- `bundled`: a trust bundle

A reader may answer with its result or its own refusal. Whatever else it raises goes through to
the fuzzer, as does an AssertionError where the answer cannot be right.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.support.codes import Recipe, Signer, cases, encoded, make, statuses
from verify.check import check
from verify.codes import LiveCode, PaperCode, read
from verify.status_list import (
    STATUS_LIST_LIFE,
    STATUS_LIST_SIZE,
    STATUS_LIST_TYP,
    PublishedList,
    compress,
    decompress,
    pack,
    read_list,
    sign_list,
)
from verify.trust import BundleError, gather, read_bundle
from verify.verdict import REASONS, Refused, verdict_members

NOW: Final = 1_800_000_000
LIST: Final = 0
Way = Callable[[bytes], None]


class Repeatable(Signer):
    """Signs the same text the same way each time (RFC 6979), so that a corpus keeps its meaning."""

    def sign(self, signing_input: bytes) -> bytes:
        """R and s, 32 bytes each."""
        once = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(self.private.sign(signing_input, once))
        return r.to_bytes(32) + s.to_bytes(32)


LIBRARY: Final = Repeatable(ec.derive_private_key(20_261_122, ec.SECP256R1()))
KEY: Final = LIBRARY.private.public_key()
TOKEN: Final = sign_list(
    PublishedList(
        issuer=LIBRARY.issuer,
        number=LIST,
        issued_at=NOW,
        expires_at=NOW + STATUS_LIST_LIFE,
        entries=pack(bytes(statuses().get(place, 0) for place in range(16))),
    ),
    LIBRARY.url,
    LIBRARY,
)
DOCUMENT: Final = {
    "iss": LIBRARY.issuer,
    "as_of": "2027-01-15T16:00:00+08:00",
    "keys": [{**jwt.algorithms.ECAlgorithm.to_jwk(KEY, as_dict=True), "kid": LIBRARY.kid}],
    "lists": {str(LIST): TOKEN},
    "types": {"1": "食品经营许可证"},
}
TRUST: Final = gather([read_bundle(DOCUMENT)])
KINDS: Final = ("live", "paper")
GOOD: Final = [
    make(recipe, LIBRARY, NOW)
    for recipe in ({"kind": "live"}, {"kind": "paper"}, *cases().values())
    if recipe.get("read", recipe.get("reason", "ok")) == "ok"
]
ORIGINS: Final = [read(text, TRUST.keys, NOW) for text in GOOD]
"""What the library has signed; nobody without its key may bring another to be accepted."""


def run(data: bytes) -> None:
    """One input of a fuzzer, or of the corpus."""
    if data:
        WAYS[data[0] % len(WAYS)](data[1:])


def _text(rest: bytes) -> None:
    code = _judged(rest.decode("utf-8", "surrogateescape"))
    assert code is None or code in ORIGINS


def _edited(rest: bytes) -> None:
    if not rest:
        return
    origin = rest[0] % len(GOOD)
    text = list(GOOD[origin])
    for at in range(1, len(rest) - 2, 3):
        place = int.from_bytes(rest[at : at + 2]) % (len(text) + 1)
        # Half of the numbers change a character, the other half put one in.
        end = place + 1 if rest[at] < 128 else place
        text[place:end] = chr(rest[at + 2])
    code = _judged("".join(text))
    assert code is None or code == ORIGINS[origin]


def _parts(rest: bytes) -> None:
    header, _, payload = rest.partition(b"\n")
    _judged_signed(_signed(header, payload))


def _members(rest: bytes) -> None:
    if not rest:
        return
    header: dict[str, Any] = {}
    claims: dict[str, Any] = {}
    for name, value in _lines(rest[1:]):
        members = header if name.startswith("@") else claims
        # `$` stands for a placeholder in a recipe.
        written = {"absent": True} if value is None else {"raw": value.replace("$", "$$")}
        members[name.removeprefix("@")] = written
    recipe = {"kind": KINDS[rest[0] % len(KINDS)], "header": header, "claims": claims}
    _judged_signed(make(recipe, LIBRARY, NOW))


def _listed(rest: bytes) -> None:
    claims = dict(LISTED)
    try:
        claims |= {name: json.loads(value) for name, value in _lines(rest) if value is not None}
    except (ValueError, RecursionError):
        return
    header = {"alg": "ES256", "kid": LIBRARY.kid, "typ": STATUS_LIST_TYP}
    token = _signed(json.dumps(header).encode(), json.dumps(claims).encode())
    try:
        found = read_list(token, LIST, TRUST.keys)
    except Refused:
        return
    assert found.issuer == LIBRARY.issuer
    assert type(found.issued_at) is type(found.expires_at) is int
    assert found.entries == decompress(claims["status_list"]["lst"], found.entries.bits)


def _packed(rest: bytes) -> None:
    if not rest:
        return
    try:
        entries = decompress(encoded(rest[1:]), rest[0])
    except ValueError:
        return
    assert entries.bits in {1, 2, 4, 8}
    assert len(entries) <= STATUS_LIST_SIZE
    assert decompress(compress(entries), entries.bits) == entries
    assert all(0 <= entries.status(place) < 1 << entries.bits for place in range(len(entries))[:64])


def _bundled(rest: bytes) -> None:
    try:
        document = json.loads(rest)
    except (ValueError, RecursionError):
        return
    try:
        bundle = read_bundle(document)
    except BundleError:
        return
    check(GOOD[0], gather([bundle]), NOW)
    check(GOOD[1], gather([bundle]), NOW)


WAYS: Final[tuple[Way, ...]] = (_text, _edited, _parts, _members, _listed, _packed, _bundled)
LISTED: Final = jwt.decode(TOKEN, options={"verify_signature": False})


def _judged(text: str) -> LiveCode | PaperCode | None:
    """What the reader makes of a text; the check must agree, and its verdict be fit to be sent."""
    code, reason = None, "ok"
    try:
        code = read(text, TRUST.keys, NOW)
    except Refused as refused:
        reason = refused.reason
    verdict = check(text, TRUST, NOW)
    assert verdict.reason in REASONS
    assert (verdict.outcome == "accepted") is bool(verdict.licences)
    json.dumps(verdict_members(verdict), default=str, ensure_ascii=False).encode()
    if code is None:
        assert (verdict.outcome, verdict.reason) == ("refused", reason)
        return None
    assert code.issuer == LIBRARY.issuer
    if isinstance(code, LiveCode):
        assert (verdict.outcome, verdict.reason) == ("accepted", "ok")
    return code


def _judged_signed(text: str) -> None:
    """What we read of a text with a right signature, another library must read as well."""
    code = _judged(text)
    if code is not None:
        options: Any = dict.fromkeys(("verify_exp", "verify_iat", "verify_nbf"), False)
        compact = text.partition("#")[2] or text
        foreign = jwt.decode(compact, KEY, algorithms=["ES256"], options=options)
        assert (foreign["jti"], foreign["iss"]) == (code.jti, code.issuer)
        assert foreign["iat"] == code.issued_at


def _signed(header: bytes, payload: bytes) -> str:
    signing_input = f"{encoded(header)}.{encoded(payload)}"
    return f"{signing_input}.{encoded(LIBRARY.sign(signing_input.encode()))}"


def _lines(rest: bytes) -> Iterator[tuple[str, str | None]]:
    """Names and values as JSON text; None, to take a member away, where a line has no colon."""
    for line in rest.decode("utf-8", "surrogateescape").split("\n"):
        name, mark, value = line.partition(":")
        yield name, value if mark else None


def seeds() -> Iterator[bytes]:
    """Where a fuzzer starts: every hostile case as text, as parts and as members, and good ones."""
    for recipe in cases().values():
        text = make(recipe, LIBRARY, NOW).encode("utf-8", "surrogateescape")
        yield _input(_text, text)
        header, _, payload = text.rpartition(b"#")[2].rpartition(b".")[0].partition(b".")
        with suppress(ValueError):  # what is no base64 is there as text
            yield _input(_parts, b"\n".join(map(base64.urlsafe_b64decode, (header, payload))))
        yield _input(_members, _changes(recipe))
    for origin in range(len(KINDS)):
        yield _input(_edited, bytes([origin]))
        yield _input(_edited, bytes([origin]) + b"\0\0 \xff\xff#")
    yield _input(_listed, b"")
    lines = (f"{name}:{json.dumps(value)}" for name, value in LISTED.items())
    yield _input(_listed, "\n".join(lines).encode())
    yield _input(_packed, b"\2" + zlib.compress(b"\x1b\0\xe4"))
    yield _input(_bundled, json.dumps(DOCUMENT).encode())
    yield _input(_bundled, json.dumps({**DOCUMENT, "lists": {}}).encode())


def _input(way: Way, rest: bytes) -> bytes:
    return bytes([WAYS.index(way)]) + rest


def _changes(recipe: Recipe) -> bytes:
    kind = KINDS.index(recipe.get("kind", "live"))
    changed = {f"@{name}": value for name, value in recipe.get("header", {}).items()}
    changed |= recipe.get("claims", {})
    lines = [
        name if value == {"absent": True} else f"{name}:{_raw(value)}"
        for name, value in changed.items()
    ]
    return bytes([kind]) + "\n".join(lines).encode("utf-8", "surrogatepass")


def _raw(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"raw"}:
        return str(value["raw"])
    return json.dumps(value, ensure_ascii=False)
