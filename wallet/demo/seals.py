"""Seals for the units of the demo: a CA of its own, which says that it is one, and drawn images."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import typst
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from verify.assets import static_dir, templates_dir
from wallet.base.deps import Deps
from wallet.base.private_files import write_private
from wallet.demo.rows import Unit
from wallet.organisations.seals import Seal, save_seal, sealed_units

CA_FILE: Final = "demo-ca.pem"
"""Certificate of the demo's CA, to be trusted by who wants to see its signatures as valid."""
_YEARS: Final = timedelta(days=3 * 365)


def add_seals(deps: Deps, units: list[Unit], now: datetime) -> None:
    """Give each of these units a seal that has none; what is there stays."""
    folder = deps.config.seals_dir
    without = [unit for unit in units if unit.code not in sealed_units(folder)]
    if not without:
        return
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = _certificate("亮证演示 CA（无法律效力）", None, ca_key, ca_key, now)
    write_private(deps.config.data / CA_FILE, ca.public_bytes(Encoding.PEM))
    compiler = typst.Compiler(
        templates_dir() / "pdf" / "seal.typ", font_paths=[static_dir() / "vendor" / "fonts"]
    )
    for unit in without:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(unit.name, unit.code, key, ca_key, now, ca.subject)
        seal = Seal(certificate, (ca,), key, None)
        save_seal(
            folder, deps.config.secret_key, unit.code, seal, _drawn(compiler, unit.name), ".svg"
        )


def _certificate(
    name: str,
    code: str | None,
    key: ec.EllipticCurvePrivateKey,
    ca_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    issuer: x509.Name | None = None,
) -> x509.Certificate:
    """A certificate for a unit, or without an issuer of the CA itself."""
    parts = [
        (NameOID.COUNTRY_NAME, "CN"),
        (NameOID.ORGANIZATION_NAME, "演示 Demo"),
        (NameOID.COMMON_NAME, name),
        *([(NameOID.SERIAL_NUMBER, code)] if code else []),
    ]
    subject = x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])
    authority = issuer is None
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEARS)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
        .sign(ca_key, SHA256())
    )


def _drawn(compiler: typst.Compiler, name: str) -> bytes:
    svg = compiler.compile(format="svg", sys_inputs={"name": name.split("（", maxsplit=1)[0]})
    assert isinstance(svg, bytes)
    return svg
