"""The files that show what an application says, kept sealed and given to nobody but who decides and whose they are."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PIL import Image, UnidentifiedImageError
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import delete, func, insert, select, update

from wallet import numbers
from wallet.base import audit
from wallet.base.deps import Deps
from wallet.errors import Conflict, Invalid, NotFound
from wallet.relying.onboarding.apply import own_application, with_author
from wallet.relying.onboarding.model import Application, ApplicationProof
from wallet.relying.onboarding.sight import PROOF_NAME, application_in_sight
from wallet.web.principal import Principal

_FILE: Final = "application_proofs.file"
_SUFFIXES: Final = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
MEDIA_TYPES: Final = tuple(_SUFFIXES)
_IMAGES: Final = {"JPEG": "image/jpeg", "PNG": "image/png"}
_NAME_MAX: Final = 120


@dataclass(frozen=True)
class ProofFile:
    """A file as it was sent in; `name` ends with the suffix of its kind."""

    name: str
    media_type: str
    file: bytes


def add_proof(
    deps: Deps, principal: Principal, application_id: str, name: str, file: bytes, now: datetime
) -> str:
    """Add a file to an application of the own unit that may be changed; gives its id.

    What kind it is of is seen from its bytes. Raises NotFound, Invalid (`proof_format`), Conflict
    (`application_state`, `too_many_proofs`).
    """
    with deps.db.read() as tx:
        application_in_sight(tx, principal, application_id)
    media_type = _kind_of(file)  # outside of the transaction, in which others may wait
    with deps.db.begin() as tx:
        row = own_application(tx, principal, application_id)
        there = select(func.count()).where(ApplicationProof.application_id == row.id)
        if tx.execute(there).scalar_one() >= numbers.PROOFS_MAX:
            raise Conflict(
                f"最多 {numbers.PROOFS_MAX} 个证明文件，请先删去不需要的。", "too_many_proofs"
            )
        proof_id: int = tx.execute(
            insert(ApplicationProof)
            .values(
                application_id=row.id,
                name_sealed=deps.vault.seal(_name(name, media_type), PROOF_NAME),
                media_type=media_type,
                size=len(file),
                file_sealed=deps.vault.seal_bytes(file, _FILE),
                added_at=now,
            )
            .returning(ApplicationProof.id)
        ).scalar_one()
        authors = {"authors": with_author(row, principal)}
        tx.execute(update(Application).where(Application.id == row.id).values(**authors))
        told = {"proof": proof_id, "application": row.id, "actor": principal.account}
        audit.record(tx, "proof.added", now, **told)
    return str(proof_id)


def remove_proof(
    deps: Deps, principal: Principal, application_id: str, proof_id: str, now: datetime
) -> None:
    """Delete a file of an application of the own unit that may be changed. Raises NotFound, Conflict
    (`application_state`)."""
    with deps.db.begin() as tx:
        row = own_application(tx, principal, application_id)
        removed = tx.execute(
            delete(ApplicationProof).where(
                ApplicationProof.id == _number(proof_id), ApplicationProof.application_id == row.id
            )
        )
        if not removed.rowcount:
            raise _not_found()
        told = {"proof": int(proof_id), "application": row.id, "actor": principal.account}
        audit.record(tx, "proof.removed", now, **told)


def proof_file(
    deps: Deps, principal: Principal, application_id: str, proof_id: str, now: datetime
) -> ProofFile:
    """A file of an application in sight; that it was read goes on record. Raises NotFound."""
    with deps.db.begin() as tx:
        row = application_in_sight(tx, principal, application_id)
        proof = tx.execute(
            select(ApplicationProof).where(
                ApplicationProof.id == _number(proof_id), ApplicationProof.application_id == row.id
            )
        ).one_or_none()
        if proof is None:
            raise _not_found()
        told = {"proof": proof.id, "application": row.id, "actor": principal.account}
        audit.record(tx, "proof.read", now, **told)
    return ProofFile(
        deps.vault.open(proof.name_sealed, PROOF_NAME),
        proof.media_type,
        deps.vault.open_bytes(proof.file_sealed, _FILE),
    )


def _kind_of(file: bytes) -> str:
    if len(file) > numbers.PROOF_MAX:
        raise Invalid(f"文件最大 {numbers.PROOF_MAX // (1 << 20)} MiB。", "proof_format")
    kind = _pdf(file) if file.startswith(b"%PDF-") else _image(file)
    if kind is None:
        raise Invalid("文件打不开，应为完整的 PDF、JPEG 或 PNG。", "proof_format")
    return kind


def _pdf(file: bytes) -> str | None:
    try:
        root = PdfFileReader(io.BytesIO(file), strict=False).root
        return "application/pdf" if "/Pages" in root else None
    except (
        PdfError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        AssertionError,
        RecursionError,
        OverflowError,
    ):
        return None


def _image(file: bytes) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(file), formats=list(_IMAGES)) as image:
                image.verify()
                return _IMAGES[str(image.format)]
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        return None


def _name(name: str, media_type: str) -> str:
    """The last part of a file's name, in characters that every system can show, with the suffix of its kind."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = "".join(one for one in last if one.isprintable()).rpartition(".")[0] or last
    stem = "".join(one for one in stem if one.isprintable() and one not in '<>:"|?*').strip(" .")
    return f"{stem[:_NAME_MAX] or '证明'}{_SUFFIXES[media_type]}"


def _number(proof_id: str) -> int:
    if not (proof_id.isascii() and proof_id.isdecimal() and len(proof_id) <= 9):
        raise _not_found()
    return int(proof_id)


def _not_found() -> NotFound:
    return NotFound("没有找到这个证明文件，请回到申请重新选择。")
