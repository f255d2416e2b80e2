"""Write an archive: a folder that is whole or not there at all.

licences/0000/0000001.jws    the signed credential
licences/0000/0000001.json   all that the licence says
licences/0000/0000001.pdf    the document, sealed by its unit
index.csv, index.json        a line for each licence, with the digests of its files
SHA256SUMS                   of every file, as `sha256sum -c` reads it
manifest.jws                 what is in the archive and the digest of SHA256SUMS, signed
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TextIO

from sqlalchemy import select

from verify.jws import sign
from wallet.base import audit
from wallet.base.clock import local_day, rfc3339
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.spreadsheets import plain_cell
from wallet.catalogue.model import LicenceType
from wallet.errors import ConfigurationError, Conflict, NotFound
from wallet.licences.archive.rows import (
    ArchivedLicence,
    archived_licences,
    count_licences,
    licences_of,
)
from wallet.licences.documents.document import archived_document
from wallet.organisations.model import Unit
from wallet.web.principal import Principal

ARCHIVE_TYP: Final = "lz-archive+jwt"
SUMS: Final = "SHA256SUMS"
MANIFEST: Final = "manifest.jws"
_COLUMNS: Final = (
    "file", "identifier", "number", "version", "type", "type_name", "holders", "holder_codes",
    "status", "status_code", "issued_on", "valid_from", "valid_until", "sha256_jws", "sha256_json",
    "sha256_pdf", "without_pdf",
)  # fmt: skip
_SHARD: Final = 1000


@dataclass(frozen=True)
class ArchiveScope:
    """What to archive: a unit's licences of some types (none: all), issued on some days, inclusive.

    `documents` says whether PDFs are made.
    """

    unit: str
    types: Sequence[str]
    begins_on: date | None
    ends_on: date | None
    documents: bool


@dataclass(frozen=True)
class Archive:
    """What was written: licences, PDFs among their files, and the digest of SHA256SUMS."""

    licences: int
    documents: int
    digest: str


def write_archive(
    deps: Deps,
    scope: ArchiveScope,
    folder: Path,
    now: datetime,
    begin: Callable[[int], None],
    note: Callable[[], None],
) -> Archive:
    """Write an archive to a folder that must not exist; it appears when it is complete.

    `begin` is told how many licences there are, `note` is called after each. Memory holds a page of
    them. A licence whose document cannot be made (no seal, a character without a glyph) is archived
    without it; the index says why. The export is in the audit trail. Raises ConfigurationError.
    """
    if folder.exists():
        raise ConfigurationError(f"{folder} exists already")
    unit, types = _named(deps, scope)
    which = licences_of(unit.id, list(types.values()), scope.begins_on, scope.ends_on)
    with deps.db.read() as tx:
        begin(count_licences(tx, which))
    # In the same folder, so that the last step is a rename.
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        writer = _Writer(deps, unit.id, building, now, documents=scope.documents)
        with writer:
            for licence in archived_licences(deps, which, local_day(now)):
                writer.add(licence)
                note()
        archive = writer.finish(
            {
                "iss": deps.keys.issuer,
                "iat": int(now.timestamp()),
                "unit": {"code": unit.code, "name": unit.name},
                "types": sorted(types),
                "from": scope.begins_on.isoformat() if scope.begins_on else None,
                "to": scope.ends_on.isoformat() if scope.ends_on else None,
                "made_at": rfc3339(now),
            }
        )
        with deps.db.begin() as tx:
            audit.record(
                tx,
                "licences.archived",
                now,
                unit=unit.id,
                types=sorted(types),
                begins_on=scope.begins_on.isoformat() if scope.begins_on else None,
                ends_on=scope.ends_on.isoformat() if scope.ends_on else None,
                licences=archive.licences,
                digest=archive.digest,
            )
        building.rename(folder)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return archive


def _named(deps: Deps, scope: ArchiveScope) -> tuple[AnyRow, dict[str, int]]:
    with deps.db.read() as tx:
        unit = tx.execute(select(Unit).where(Unit.code == scope.unit)).one_or_none()
        rows = tx.execute(
            select(LicenceType.code, LicenceType.id).where(LicenceType.code.in_(scope.types))
        ).all()
    types = {row.code: row.id for row in rows}
    if unit is None:
        raise ConfigurationError(f"there is no unit {scope.unit}")
    if unknown := sorted(set(scope.types) - types.keys()):
        raise ConfigurationError(f"there is no licence type {', '.join(unknown)}")
    return unit, types


class _Writer:
    """The files of an archive as they grow; memory holds one licence."""

    def __init__(
        self, deps: Deps, unit_id: int, folder: Path, now: datetime, *, documents: bool
    ) -> None:
        self._deps, self._folder, self._now, self._documents = deps, folder, now, documents
        # Whom documents are made for: the unit, by no staff member of it.
        self._unit = Principal("staff", 0, 0, "", unit_id=unit_id)
        self._number = self._pdfs = 0
        self._open: list[TextIO] = []

    def __enter__(self) -> None:
        # With its mark, or Excel takes UTF-8 for another encoding.
        self._csv = self._text("index.csv", "utf-8-sig")
        self._json, self._sums = self._text("index.json"), self._text(SUMS)
        self._table = csv.DictWriter(self._csv, _COLUMNS)
        self._table.writeheader()
        self._json.write("[")

    def __exit__(self, *_: object) -> None:
        self._json.write("\n]\n")
        for file in self._open:
            file.close()

    def add(self, licence: ArchivedLicence) -> None:
        """Write the files of a licence, and its line of the index."""
        self._number += 1
        place = f"licences/{self._number // _SHARD:04}/{self._number:07}"
        (self._folder / place).parent.mkdir(parents=True, exist_ok=True)
        face = json.dumps(licence.face, ensure_ascii=False, indent=1).encode() + b"\n"
        line: dict[str, Any] = {
            **_line(licence),
            "file": place,
            "sha256_jws": self._file(f"{place}.jws", licence.credential.encode()),
            "sha256_json": self._file(f"{place}.json", face),
            "sha256_pdf": None,
            "without_pdf": None,
        }
        pdf, line["without_pdf"] = self._document(licence)
        if pdf is not None:
            line["sha256_pdf"] = self._file(f"{place}.pdf", pdf)
            self._pdfs += 1
        self._table.writerow({name: plain_cell(cell) for name, cell in line.items()})
        comma = "," if self._number > 1 else ""
        self._json.write(f"{comma}\n{json.dumps(line, ensure_ascii=False)}")

    def finish(self, claims: dict[str, Any]) -> Archive:
        """Sum up the index, and sign what the archive holds."""
        with (self._folder / SUMS).open("a", encoding="utf-8") as sums:
            for name in ("index.csv", "index.json"):
                with (self._folder / name).open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                sums.write(f"{digest}  {name}\n")
        with (self._folder / SUMS).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        counts = {"licences": self._number, "documents": self._pdfs, "sha256sums": digest}
        signed = sign(claims | counts, ARCHIVE_TYP, self._deps.keys.current)
        (self._folder / MANIFEST).write_text(signed, "ascii")
        return Archive(self._number, self._pdfs, digest)

    def _document(self, licence: ArchivedLicence) -> tuple[bytes | None, str | None]:
        if not self._documents:
            return None, "not_asked"
        if not licence.current:
            return None, "superseded"
        try:
            return archived_document(
                self._deps, self._unit, licence.face["identifier"], self._now
            ), None
        except Conflict as missing:
            return None, missing.slug
        except NotFound:  # a newer version was issued since its page was read
            return None, "superseded"

    def _file(self, name: str, content: bytes) -> str:
        (self._folder / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        self._sums.write(f"{digest}  {name}\n")
        return digest

    def _text(self, name: str, encoding: str = "utf-8") -> TextIO:
        file = (self._folder / name).open("w", encoding=encoding, newline="")
        self._open.append(file)
        return file


def _line(licence: ArchivedLicence) -> dict[str, Any]:
    face = licence.face
    names = ("identifier", "number", "version", "issued_on", "valid_from", "valid_until")
    return {
        **{name: face[name] for name in names},
        "type": face["type"]["code"],
        "type_name": face["type"]["name"],
        "holders": "；".join(holder["name"] for holder in face["holders"]),
        "holder_codes": "；".join(holder["code"] for holder in face["holders"]),
        "status": licence.status,
        "status_code": licence.status_code,
    }
