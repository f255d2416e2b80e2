"""Seal a PDF: an electronic signature over the whole document (PAdES B-B, ETSI EN 319 142-1)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from asn1crypto import x509 as asn1_x509
from asn1crypto.keys import PrivateKeyInfo
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

SealKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

FIELD: Final = "Seal"
_ROOM: Final = 4096
"""Bytes for a signature beside its certificates; twice as many hexadecimal digits."""


class _AsDrawn(IncrementalPdfFileWriter):
    """Adds the signature and nothing else.

    pyHanko would write the metadata anew in another form of XMP, and take its packet off; what the
    document says of itself as PDF/A was right already.
    """

    def _update_meta(self) -> None:
        """Leave the metadata as they are."""


def document_signer(
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    key: SealKey,
    place: int | None = None,
) -> PdfSigner:
    """What signs for a certificate; it may be kept and used by several threads.

    The signature certifies the document: no later change of any kind is allowed. With a `place` it is one of several,
    and approves the document as it then is, since others are to be added.
    """
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    above = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    for link in chain:
        above.register(_asn1(link))
    signer = SimpleSigner(
        signing_cert=_asn1(certificate),
        signing_key=PrivateKeyInfo.load(plain),
        cert_registry=above,
    )
    metadata = PdfSignatureMetadata(
        field_name=FIELD if place is None else f"{FIELD}{place}",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=place is None,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    return PdfSigner(metadata, signer)


def seal_document(pdf: bytes, signer: PdfSigner, room: int) -> bytes:
    """The document with the signature of `document_signer`; `room` is that of `room_for`.

    The time of signing is that of this process's clock.
    """
    sealed = io.BytesIO()
    document = _AsDrawn(io.BytesIO(pdf))
    # pyHanko runs an event loop of its own, which a thread that has one already may not.
    with ThreadPoolExecutor(max_workers=1) as alone:
        alone.submit(signer.sign_pdf, document, output=sealed, bytes_reserved=room).result()
    return sealed.getvalue()


def room_for(certificates: Sequence[x509.Certificate]) -> int:
    """Hexadecimal digits that a signature with these certificates needs at most."""
    return 2 * (_ROOM + sum(len(one.public_bytes(Encoding.DER)) for one in certificates))


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
