"""The archive of a unit's licences: files, index, digests, a signature that can be checked."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from tests.support.documents import signature_of
from tests.support.licences import FOOD, ISSUER_CODE, day, food_licence, issue
from tests.support.people import machine
from tests.support.shared import deps_of
from verify.credential import read_credential
from verify.jws import read_token
from wallet.base.audit import AuditEvent
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps
from wallet.base.spreadsheets import plain_cell
from wallet.cli import main
from wallet.errors import ConfigurationError
from wallet.licences.archive.write import ARCHIVE_TYP, Archive, ArchiveScope, write_archive

GUIDE: Final = Path(__file__).parents[2] / "docs" / "operator.md"


@pytest.fixture
def deps(app: Flask) -> Deps:
    """The Deps of an app of the test's own."""
    return deps_of(app)


def scope(**changes: Any) -> ArchiveScope:
    yesterday = local_day(read_clock()) - timedelta(days=1)
    members: dict[str, Any] = {
        "unit": ISSUER_CODE,
        "types": [FOOD],
        "begins_on": yesterday,
        "ends_on": yesterday,
        "documents": True,
    }
    return ArchiveScope(**members | changes)


def archive(deps: Deps, folder: Path, **changes: Any) -> Archive:
    noted: list[int] = []
    made = write_archive(
        deps, scope(**changes), folder, read_clock(), noted.append, lambda: noted.append(-1)
    )
    assert noted == [made.licences, *([-1] * made.licences)]
    return made


def index(folder: Path) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = json.loads((folder / "index.json").read_text("utf-8"))
    table = list(csv.DictReader((folder / "index.csv").read_text("utf-8-sig").splitlines()))
    as_text = [
        {key: "" if value is None else str(plain_cell(value)) for key, value in one.items()}
        for one in lines
    ]
    assert [dict(one) for one in table] == as_text
    return lines


def test_an_archive_holds_every_version_and_can_be_checked(
    app: Flask, deps: Deps, tmp_path: Path
) -> None:
    issuer = machine(app, deps.config.data, "issuer")
    body = food_licence(deps.config.data, number="=1+1")
    first = issue(issuer, body)
    second = issue(issuer, body | {"version": 2})
    issue(issuer, food_licence(deps.config.data, issued_on=day(0)))
    folder = tmp_path / "archive"
    made = archive(deps, folder)
    lines = index(folder)
    assert (made.licences, made.documents) == (2, 1)
    assert [line["identifier"] for line in lines] == [first["identifier"], second["identifier"]]
    assert [line["status"] for line in lines] == ["superseded", "valid"]
    assert [line["without_pdf"] for line in lines] == ["superseded", None]
    face = json.loads((folder / f"{lines[1]['file']}.json").read_text("utf-8"))
    assert (face["fields"], face["holders"]) == (body["fields"], body["holders"])
    credential = (folder / f"{lines[1]['file']}.jws").read_text("ascii")
    assert read_credential(credential, deps.keys.public)["version"] == 2
    pdf = (folder / f"{lines[1]['file']}.pdf").read_bytes()
    assert "Signature is Valid" in signature_of(pdf, tmp_path)

    checked = ["sha256sum", "--quiet", "-c", "SHA256SUMS"]
    assert subprocess.run(checked, cwd=folder, check=False).returncode == 0
    manifest = read_token((folder / "manifest.jws").read_text(), ARCHIVE_TYP, deps.keys.public)
    assert manifest["sha256sums"] == made.digest
    assert (manifest["licences"], manifest["types"]) == (2, [FOOD])
    program = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)[-1]
    (folder / "jwks.json").write_text(json.dumps(deps.keys.jwks()))
    check = [sys.executable, "-c", program]
    assert subprocess.run(check, cwd=folder, check=False).returncode == 0

    (folder / f"{lines[0]['file']}.json").write_text("{}")
    assert subprocess.run(checked, cwd=folder, capture_output=True, check=False).returncode == 1
    (folder / "SHA256SUMS").write_text("")
    assert subprocess.run(check, cwd=folder, capture_output=True, check=False).returncode == 1
    with deps.db.read() as tx:
        [event] = tx.execute(
            select(AuditEvent.fields).where(AuditEvent.name == "licences.archived")
        ).scalars()
    assert (event["licences"], event["digest"]) == (2, made.digest)


def test_a_licence_without_a_document_is_archived_without_it(
    app: Flask, deps: Deps, tmp_path: Path
) -> None:
    issue(machine(app, deps.config.data, "issuer"), food_licence(deps.config.data))
    (deps.config.seals_dir / f"{ISSUER_CODE}.pem").unlink()
    archive(deps, tmp_path / "without")
    assert [line["without_pdf"] for line in index(tmp_path / "without")] == ["no_seal"]
    archive(deps, tmp_path / "faster", documents=False)
    assert [line["without_pdf"] for line in index(tmp_path / "faster")] == ["not_asked"]


def test_a_version_that_is_replaced_meanwhile_does_not_end_the_archive(
    app: Flask, deps: Deps, tmp_path: Path
) -> None:
    issuer = machine(app, deps.config.data, "issuer")
    bodies = [food_licence(deps.config.data) for _ in range(2)]
    for body in bodies:
        issue(issuer, body)
    newer = [bodies[1] | {"version": 2}]

    def overtake() -> None:
        if newer:
            issue(issuer, newer.pop())

    write_archive(deps, scope(), tmp_path / "a", read_clock(), lambda _: None, overtake)
    assert [line["without_pdf"] for line in index(tmp_path / "a")] == [None, "superseded"]


def test_an_archive_that_fails_leaves_nothing(
    app: Flask, deps: Deps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigurationError, match="no unit"):
        archive(deps, tmp_path / "a", unit="nobody")
    with pytest.raises(ConfigurationError, match="no licence type nothing"):
        archive(deps, tmp_path / "a", types=[FOOD, "nothing"])
    issue(machine(app, deps.config.data, "issuer"), food_licence(deps.config.data))
    before = sorted(tmp_path.iterdir())

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_archive(deps, scope(), tmp_path / "a", read_clock(), lambda _: None, stop)
    assert sorted(tmp_path.iterdir()) == before
    (tmp_path / "a").mkdir()
    with pytest.raises(ConfigurationError, match="exists already"):
        archive(deps, tmp_path / "a")


def test_the_command_writes_what_it_is_asked_for(
    deps: Deps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANGZHENG_DATA", str(deps.config.data))
    monkeypatch.setenv("LIANGZHENG_DATABASE_URL", deps.config.database_url)
    monkeypatch.setenv("LIANGZHENG_SECRET_KEY", deps.config.secret_key)
    folder = tmp_path / "all"
    arguments = ["archive", ISSUER_CODE, "-o", str(folder), "--no-pdf", "--to", day(0)]
    said = CliRunner().invoke(main, arguments)
    assert said.exit_code == 0, said.output
    types = {line["type"] for line in index(folder)}
    assert FOOD in types
    assert f"{len(index(folder)):,} licences, 0 documents" in said.output
    again = CliRunner().invoke(main, arguments)
    assert (again.exit_code, "exists already" in again.output) == (1, True)
