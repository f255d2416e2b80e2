"""Seals of units: what a PKCS#12 file must hold, how a seal is kept, and what operators are told."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from tests.support.licences import image
from wallet.base.clock import read_clock
from wallet.errors import ConfigurationError
from wallet.organisations.seals import (
    load_seal,
    read_image,
    read_pkcs12,
    save_seal,
    sealed_units,
)

NOW = read_clock()
UNIT = "11150602MADEM0230U"
SECRET = "q7Jw3nVt0bZkR5xLmE2dUo9yHsCfGaPi"
PASSWORD = "of the file"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def certificate(
    key: Key, begins: datetime, ends: datetime, *, signs: bool = True
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "演示单位")])
    usage = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_agreement", "key_cert_sign",
         "crl_sign", "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(0xC0FFEE)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(
            x509.KeyUsage(digital_signature=signs, key_encipherment=not signs, **usage),
            critical=True,
        )
        .sign(key, SHA256())
    )


def p12(key: Key | None = None, days: tuple[int, int] = (-1, 365), *, signs: bool = True) -> bytes:
    """A file as a CA hands it out, good from and until these days from now."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    begins, ends = (NOW + timedelta(days=count) for count in days)
    return pkcs12.serialize_key_and_certificates(
        b"seal",
        key,
        certificate(key, begins, ends, signs=signs),
        None,
        BestAvailableEncryption(PASSWORD.encode()),
    )


def test_a_seal_is_kept_encrypted_and_read_again(tmp_path: Path) -> None:
    seal = read_pkcs12(p12(), PASSWORD, NOW)
    save_seal(tmp_path, SECRET, UNIT, seal, b"", ".png")
    assert sealed_units(tmp_path) == [UNIT]
    text = (tmp_path / f"{UNIT}.pem").read_text()
    assert "BEGIN ENCRYPTED PRIVATE KEY" in text
    assert (tmp_path / f"{UNIT}.pem").stat().st_mode & 0o077 == 0
    again = load_seal(tmp_path, SECRET, UNIT)
    assert again is not None
    assert (again.serial, again.fingerprint) == ("c0ffee", seal.fingerprint)
    assert again.image is None


def test_a_new_seal_takes_the_place_of_the_old_one_with_its_image(tmp_path: Path) -> None:
    first, second = (read_pkcs12(p12(), PASSWORD, NOW) for _ in range(2))
    save_seal(tmp_path, SECRET, UNIT, first, image(60, 60), ".png")
    kept = load_seal(tmp_path, SECRET, UNIT)
    assert kept is not None
    assert kept.image is not None
    assert kept.image.startswith("data:image/png;base64,")
    save_seal(tmp_path, SECRET, UNIT, second, b"", ".png")
    kept = load_seal(tmp_path, SECRET, UNIT)
    assert kept is not None
    assert (kept.fingerprint, kept.image) == (second.fingerprint, None)


def test_a_unit_that_has_no_seal_has_none(tmp_path: Path) -> None:
    assert load_seal(tmp_path, SECRET, UNIT) is None


def test_a_seal_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    save_seal(tmp_path, SECRET, UNIT, read_pkcs12(p12(), PASSWORD, NOW), b"", ".png")
    (tmp_path / f"{UNIT}.pem").chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        load_seal(tmp_path, SECRET, UNIT)


def test_rsa_from_2048_bits_seals() -> None:
    key = rsa.generate_private_key(65537, 2048)
    assert read_pkcs12(p12(key), PASSWORD, NOW).key.key_size == 2048


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"no PKCS#12", "no PKCS#12 file"),
        (p12(rsa.generate_private_key(65537, 1024)), "2048 bits"),
        (p12(days=(-365, -1)), "not in force"),
        (p12(days=(1, 365)), "not in force"),
        (p12(signs=False), "not for signatures"),
    ],
    ids=["no file of this kind", "weak", "ended", "not begun", "for encryption"],
)
def test_what_cannot_seal_is_refused_with_its_reason(content: bytes, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        read_pkcs12(content, PASSWORD, NOW)


def test_a_wrong_password_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="password is wrong"):
        read_pkcs12(p12(), "another", NOW)


def test_a_file_without_a_certificate_is_refused() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    encryption = BestAvailableEncryption(PASSWORD.encode())
    content = pkcs12.serialize_key_and_certificates(b"seal", key, None, None, encryption)
    with pytest.raises(ConfigurationError, match="its certificate"):
        read_pkcs12(content, PASSWORD, NOW)


@pytest.mark.parametrize(("width", "height", "kind"), [(60, 60, "PNG"), (100, 98, "PNG")])
def test_a_square_png_is_an_image_of_a_seal(
    tmp_path: Path, width: int, height: int, kind: str
) -> None:
    file = tmp_path / "seal.png"
    file.write_bytes(image(width, height, kind))
    assert read_image(file)


@pytest.mark.parametrize(
    "content",
    [image(100, 97), image(60, 60, "JPEG"), image(60, 60)[:40], b"<svg onload='x'/>"],
    ids=["not square", "no PNG", "cut off", "SVG"],
)
def test_anything_else_is_no_image_of_a_seal(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "seal.png"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError):
        read_image(file)
