"""Codes made by recipe: a good live code, changed as a case of `tests/vectors/codes.json` says.

A recipe's members, all optional:

- `kind`: `live` or `paper` (`live`)
- `header`, `claims`: members to change; `{"raw": text}` writes that text where a value belongs,
  `{"absent": true}` leaves the member out
- `header_more`, `claims_more`: text put behind the members; `header_text`, `claims_text`: the
  whole text instead
- `iat`, `exp`: seconds from now (0 and 60); of a paper code `exp` is its claim `end` (30 days)
- `sign`: a name in `SIGNATURES` (`library`)
- `text`: what is handed in (`$url/v#$header.$payload.$signature`)
- `fill`, `zeros`, `deep`: how many letters `$fill`, digits `$zeros` and brackets `$open` and
  `$close` stand for
- `encoding`: of header and payload (`utf-8`)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from verify.codes import LIVE_CODE_LIFE
from verify.jws import PublicKeys

VECTORS: Final = Path(__file__).parents[1] / "vectors" / "codes.json"
URL: Final = "https://lz.example.gov.cn"
DAY: Final = 24 * 3600
PAPER_DAYS: Final = 30
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
Recipe = Mapping[str, Any]


@dataclass(frozen=True)
class Signer:
    """Who signs the good code of a recipe, and what that code says."""

    private: ec.EllipticCurvePrivateKey
    kid: str = "k1k1"
    issuer: str = "150600"
    jti: str = "AAECAwQFBgcICQoL"
    handle: str = "AAECAwQFBgcICQ"
    serial: str = "0123456789ABCDEF"
    licence_index: int = 1
    copy_index: int = 2
    types: int | list[int] = 1
    url: str = URL

    @property
    def keys(self) -> PublicKeys:
        """The keys of a reader who trusts this signer."""
        return {self.kid: {self.issuer: self.private.public_key()}}

    def sign(self, signing_input: bytes) -> bytes:
        """R and s, 32 bytes each."""
        return sign(self.private, signing_input)


def signer() -> Signer:
    """A signer with a key of its own."""
    return Signer(ec.generate_private_key(ec.SECP256R1()))


def sign(private: ec.EllipticCurvePrivateKey, signing_input: bytes) -> bytes:
    """An ES256 signature in its JOSE form."""
    r, s = decode_dss_signature(private.sign(signing_input, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def cases() -> dict[str, Recipe]:
    """The recipes of the vectors by line and name."""
    lines = json.loads(VECTORS.read_text("utf-8"))["lines"]
    return {f"{line} {name}": case for line, rows in lines.items() for name, case in rows.items()}


def statuses() -> dict[int, int]:
    """The entries of status list 0 that the cases speak of, by place."""
    found = json.loads(VECTORS.read_text("utf-8"))["statuses"]
    return {int(place): status for place, status in found.items()}


def make(recipe: Recipe, signer: Signer, now: int) -> str:
    """The text of a recipe."""
    kind = recipe.get("kind", "live")
    header = {"alg": "ES256", "kid": signer.kid, "typ": f"lz-{kind}+jwt"}
    claims = {
        "iss": signer.issuer,
        "iat": now + recipe.get("iat", 0),
        "t": signer.types,
        "n": "李*",
    }
    if kind == "live":
        claims |= {
            "jti": signer.jti,
            "exp": now + recipe.get("exp", LIVE_CODE_LIFE),
            "h": signer.handle,
        }
    else:
        claims |= {
            "jti": signer.serial,
            "end": now + recipe.get("exp", PAPER_DAYS * DAY),
            "l": signer.licence_index,
            "c": signer.copy_index,
        }
    words = {
        "url": signer.url,
        "fill": "A" * recipe.get("fill", 0),
        "zeros": "0" * recipe.get("zeros", 0),
        "open": "[" * recipe.get("deep", 0),
        "close": "]" * recipe.get("deep", 0),
    }
    segments = {
        "header": encoded(_object("header", header, recipe, words)),
        "payload": encoded(_object("claims", claims, recipe, words)),
    }
    signing_input = f"{segments['header']}.{segments['payload']}".encode("ascii")
    signature = SIGNATURES[recipe.get("sign", "library")](signer, signing_input)
    form = recipe.get("text", "$url/v#$header.$payload.$signature")
    return Template(form).substitute(words | segments | {"signature": signature})


def twin(text: str) -> str:
    """The same code with the other valid form of its signature: s → n − s."""
    signed, _, signature = text.rpartition(".")
    data = base64.urlsafe_b64decode(signature + "==")
    s = P256_ORDER - int.from_bytes(data[32:])
    return f"{signed}.{encoded(data[:32] + s.to_bytes(32))}"


def _object(
    part: str, members: Mapping[str, Any], recipe: Recipe, words: Mapping[str, str]
) -> bytes:
    if f"{part}_text" in recipe:
        text = Template(recipe[f"{part}_text"]).substitute(words)
    else:
        written = [
            f"{json.dumps(name)}:{_value(value, words)}"
            for name, value in {**members, **recipe.get(part, {})}.items()
            if value != {"absent": True}
        ]
        text = f"{{{','.join([*written, *filter(None, [recipe.get(f'{part}_more')])])}}}"
    return text.encode(recipe.get("encoding", "utf-8"), "surrogatepass")


def _value(value: Any, words: Mapping[str, str]) -> str:
    if isinstance(value, dict) and value.keys() == {"raw"}:
        return Template(value["raw"]).substitute(words)
    return json.dumps(value, ensure_ascii=False)


def _pair(r: int, s: int) -> str:
    return encoded(r.to_bytes(32) + s.to_bytes(32))


def _der(signer: Signer, data: bytes) -> str:
    signature = signer.sign(data)
    return encoded(
        encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    )


def _public_key_as_secret(signer: Signer, data: bytes) -> str:
    pem = signer.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return encoded(hmac.digest(pem, data, hashlib.sha256))


def _twin(signer: Signer, data: bytes) -> str:
    signature = signer.sign(data)
    return _pair(int.from_bytes(signature[:32]), P256_ORDER - int.from_bytes(signature[32:]))


def _until(form: str, signer: Signer, data: bytes) -> str:
    """A signature whose base64url text has the form; signing again gives another each time."""
    while re.search(form, text := encoded(signer.sign(data))) is None:
        pass
    return text


def _standard_alphabet(signer: Signer, data: bytes) -> str:
    return _until("[-_]", signer, data).replace("-", "+").replace("_", "/")


def _trailing_bits(signer: Signer, data: bytes) -> str:
    # 64 bytes leave four unused bits in the last of 86 characters; A, Q, g or w are canonical.
    text = encoded(signer.sign(data))
    return text[:-1] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[text[-1]]


SIGNATURES: Final[Mapping[str, Callable[[Signer, bytes], str]]] = {
    "library": lambda signer, data: encoded(signer.sign(data)),
    "none": lambda signer, data: "",
    "stranger": lambda signer, data: encoded(sign(ec.generate_private_key(ec.SECP256R1()), data)),
    "another text": lambda signer, data: encoded(signer.sign(data + b"A")),
    "public key as secret": _public_key_as_secret,
    "empty secret": lambda signer, data: encoded(hmac.digest(b"", data, hashlib.sha256)),
    "zero": lambda signer, data: encoded(bytes(64)),
    "r zero": lambda signer, data: encoded(bytes(32) + signer.sign(data)[32:]),
    "s zero": lambda signer, data: encoded(signer.sign(data)[:32] + bytes(32)),
    "r is n": lambda signer, data: _pair(P256_ORDER, int.from_bytes(signer.sign(data)[32:])),
    "s is n": lambda signer, data: _pair(int.from_bytes(signer.sign(data)[:32]), P256_ORDER),
    "all ones": lambda signer, data: encoded(b"\xff" * 64),
    "63 bytes": lambda signer, data: encoded(signer.sign(data)[:63]),
    "65 bytes": lambda signer, data: encoded(signer.sign(data) + b"\0"),
    "DER": _der,
    "twin": _twin,
    "standard alphabet": _standard_alphabet,
    "trailing bits": _trailing_bits,
}
