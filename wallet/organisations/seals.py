"""The seals of units (O-11, M-10): certificate, private key and image, in files of the data folder.

`seals/CODE.pem` holds the key, encrypted under the server's secret, then its certificate and those
above it; `seals/CODE.svg` or `.png` is the image that is printed. CODE is the unit's.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from PIL import Image
from pyhanko.sign.signers import PdfSigner

from wallet import numbers
from wallet.base.document_seal import SealKey, document_signer, room_for, seal_document
from wallet.base.encryption import derive_key
from wallet.base.private_files import locked, read_private, write_private
from wallet.errors import ConfigurationError

_IMAGES: Final = {".svg": "image/svg+xml", ".png": "image/png"}
_RSA_BITS_MIN: Final = 2048


@dataclass(frozen=True, eq=False)
class Seal:
    """The seal of a unit. `chain` are the certificates above its own, `image` is a data URI."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    key: SealKey
    image: str | None

    @property
    def serial(self) -> str:
        """The certificate's number in hexadecimal, as its CA names it."""
        return f"{self.certificate.serial_number:x}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate."""
        return self.certificate.fingerprint(SHA256()).hex()

    @property
    def ends_at(self) -> datetime:
        """When the certificate ends."""
        return self.certificate.not_valid_after_utc

    def is_ending(self, now: datetime) -> bool:
        """Whether the certificate has ended or will soon, so that a new one is to be got."""
        return now >= self.ends_at - timedelta(days=numbers.SEAL_EXPIRING_DAYS)

    def is_current(self, now: datetime) -> bool:
        """Whether the certificate is in force."""
        begins, ends = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        return begins <= now <= ends


def sealed_units(folder: Path) -> list[str]:
    """The codes of the units that have a seal."""
    return sorted(path.stem for path in folder.glob("*.pem"))


def load_seal(folder: Path, secret: str, unit: str) -> Seal | None:
    """The seal of a unit, None where it has none.

    Raises ConfigurationError when it does not open with the secret or others may read it.
    """
    path = folder / f"{unit}.pem"
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return _load(path, secret, (found.st_ino, found.st_mtime_ns))


def seal_with(seals: Sequence[Seal], pdf: bytes) -> bytes:
    """A document with the electronic signature of each seal's unit, as it was where there is none.

    The only one certifies it: nothing may be changed any more. Of several each approves what is there, the last of them all of it.
    """
    for place, seal in enumerate(seals, 1):
        signer, room = _signer(seal, place if len(seals) > 1 else None)
        pdf = seal_document(pdf, signer, room)
    return pdf


def save_seal(folder: Path, secret: str, unit: str, seal: Seal, image: bytes, kind: str) -> None:
    """Keep a seal for a unit in place of its former one; `image` of `kind` may be empty.

    `kind` is `.svg` or `.png`.
    """
    encryption = BestAvailableEncryption(_password(secret))
    private = seal.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    public = [one.public_bytes(Encoding.PEM) for one in (seal.certificate, *seal.chain)]
    with locked(folder):
        if image:
            write_private(folder / f"{unit}{kind}", image)
        for other in _IMAGES.keys() - ({kind} if image else set()):
            (folder / f"{unit}{other}").unlink(missing_ok=True)
        write_private(folder / f"{unit}.pem", b"".join([private, *public]))


def read_pkcs12(content: bytes, password: str, now: datetime) -> Seal:
    """The seal in a PKCS#12 file (RFC 7292) of a licensed CA, without an image.

    Raises ConfigurationError for a wrong password, a certificate that is not in force or may not
    sign, and keys that cannot seal (SM2 among them).
    """
    try:
        bag = pkcs12.load_pkcs12(content, password.encode())
    except ValueError:
        raise ConfigurationError(
            "this is no PKCS#12 file, the password is wrong, or its key is of an unknown kind (SM2)"
        ) from None
    if bag.key is None or bag.cert is None:
        raise ConfigurationError("the file must hold a private key and its certificate")
    if isinstance(bag.key, rsa.RSAPrivateKey):
        strong = bag.key.key_size >= _RSA_BITS_MIN
    else:
        strong = isinstance(bag.key, ec.EllipticCurvePrivateKey)
    if not strong or not isinstance(bag.key, SealKey):
        raise ConfigurationError("the key must be one of an elliptic curve, or RSA from 2048 bits")
    chain = tuple(one.certificate for one in bag.additional_certs)
    seal = Seal(bag.cert.certificate, chain, bag.key, None)
    if not seal.is_current(now):
        raise ConfigurationError("the certificate is not in force today")
    if not _may_sign(seal.certificate):
        raise ConfigurationError("the certificate is not for signatures (keyUsage)")
    return seal


def read_image(path: Path) -> bytes:
    """The image of a seal, a square PNG.

    Raises ConfigurationError for anything else.
    """
    content = path.read_bytes()
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            image.load()
            square = abs(image.width - image.height) <= max(image.size) // 50
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ConfigurationError(f"{path} is no whole PNG") from None
    if len(content) > numbers.PHOTO_MAX or not square:
        raise ConfigurationError(f"{path} must be square and at most 512 KiB")
    return content


@lru_cache(maxsize=256)
def _load(path: Path, secret: str, _stamp: tuple[int, int]) -> Seal:
    pem = read_private(path)
    try:
        key = load_pem_private_key(pem, _password(secret))
        certificate, *chain = x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise ConfigurationError(
            f"{path} does not open with LIANGZHENG_SECRET_KEY; set the secret it was made with."
        ) from None
    assert isinstance(key, SealKey)  # nothing else is saved
    return Seal(certificate, tuple(chain), key, next(_images(path), None))


@lru_cache(maxsize=256)
def _signer(seal: Seal, place: int | None) -> tuple[PdfSigner, int]:
    signer = document_signer(seal.certificate, seal.chain, seal.key, place)
    return signer, room_for((seal.certificate, *seal.chain))


def _images(path: Path) -> Iterator[str]:
    for suffix, kind in _IMAGES.items():
        file = path.with_suffix(suffix)
        if file.exists():
            yield f"data:{kind};base64,{b64encode(read_private(file)).decode()}"


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _password(secret: str) -> bytes:
    return derive_key(secret, "unit seals")
