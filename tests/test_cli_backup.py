"""`liangzheng backup` and `liangzheng restore`, as an operator runs them."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from tests.support.clock import Clock
from tests.support.demo import DatabaseKind
from tests.support.people import sign_in
from tests.support.shared import deps_of
from tests.support.showing import events, row_counts, show, verify
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.base.key_files import STATES_FILE
from wallet.cli import main
from wallet.config import Config
from wallet.doctor import examine


@pytest.fixture
def deps(app: Flask) -> Deps:
    """The Deps that the app works with."""
    return deps_of(app)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "library.backup"


def liangzheng(config: Config, *arguments: str | Path, **more: str) -> Result:
    environment = {
        "DATA": str(config.data),
        "LIANGZHENG_SECRET_KEY": config.secret_key,
        "LIANGZHENG_DATABASE_URL": config.database_url,
    }
    return CliRunner(env=environment | more).invoke(main, [str(one) for one in arguments])


def backed_up(deps: Deps, file: Path) -> Result:
    """A backup while the library is at work."""
    answer = liangzheng(deps.config, "backup", "-o", file)
    assert answer.exit_code == 0, answer.output
    return answer


def restored(deps: Deps, file: Path) -> Result:
    """A restore of a library that has been stopped."""
    deps.db.close()
    answer = liangzheng(deps.config, "restore", file)
    assert answer.exit_code == 0, answer.output
    return answer


def refused(config: Config, *arguments: str | Path, **more: str) -> str:
    """The one line with which a command fails."""
    answer = liangzheng(config, *arguments, **more)
    assert answer.exit_code == 1, answer.output
    (line,) = answer.output.splitlines()
    return line


def test_a_restore_brings_back_what_was_there_and_says_what_to_do(
    app: Flask, deps: Deps, file: Path, clock: Clock
) -> None:
    li, zhao = sign_in(app, "holder-li"), sign_in(app, "desk-zhao")
    before = row_counts(deps)
    said = backed_up(deps, file).output
    assert str(file) in said
    code = show(li)
    assert verify(zhao, code["text"])["reason"] == "ok"
    said = restored(deps, file).output
    assert "liangzheng restore --confirm" in said
    after = row_counts(deps)
    added = {name: after[name] - count for name, count in before.items() if after[name] != count}
    assert added == {"audit_events": 1, "epochs": 1}
    assert events(deps, "library.") == [("library.restored", {"by": "command"})]
    assert verify(zhao, code["text"])["reason"] == "trust_stale"


def test_a_backup_holds_database_keys_and_seals_and_nothing_that_tells_of_later(
    deps: Deps, file: Path
) -> None:
    deps.epoch.tick(deps.db, read_clock())
    backed_up(deps, file)
    assert file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(file) as tar:
        names = set(tar.getnames())
        private = {name for name in names if name.startswith(("keys/", "seals/"))}
        manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
    assert names - private == {"manifest.json", "database"}
    assert private == {
        f"{folder.name}/{path.name}"
        for folder in (deps.config.keys_dir, deps.config.seals_dir)
        for path in folder.iterdir()
        if not path.name.startswith(".")
    }
    assert manifest["issuer"] == deps.config.issuer
    assert [path.name for path in file.parent.glob("*.draft")] == []


def test_keys_that_are_there_stay_and_lost_ones_come_back(deps: Deps, file: Path) -> None:
    backed_up(deps, file)
    folder = deps.config.keys_dir
    states, (lost, kept) = folder / STATES_FILE, sorted(folder.glob("*.pem"))[:2]
    was = lost.read_bytes()
    lost.unlink()
    for path in (states, kept):
        path.write_bytes(b"newer")
    restored(deps, file)
    assert lost.read_bytes() == was
    assert lost.stat().st_mode & 0o777 == 0o600
    assert (states.read_bytes(), kept.read_bytes()) == (b"newer", b"newer")


def test_a_seal_that_was_renewed_stays_and_a_lost_one_comes_back(deps: Deps, file: Path) -> None:
    backed_up(deps, file)
    lost, renewed = sorted(deps.config.seals_dir.glob("*.pem"))[:2]
    was = lost.read_bytes()
    lost.unlink()
    renewed.write_bytes(b"newer")
    restored(deps, file)
    assert (lost.read_bytes(), renewed.read_bytes()) == (was, b"newer")


def test_a_library_that_was_lost_whole_comes_back(
    app: Flask, deps: Deps, file: Path, database_kind: DatabaseKind, clock: Clock
) -> None:
    licences = row_counts(deps)["licences"]
    backed_up(deps, file)
    deps.db.close()
    if database_kind == "sqlite":
        for path in deps.config.data.glob("liangzheng.db*"):
            path.unlink()
    else:
        with deps.db.begin() as tx:
            tx.exec_driver_sql("DROP SCHEMA public CASCADE")
            tx.exec_driver_sql("CREATE SCHEMA public")
    restored(deps, file)
    assert row_counts(deps)["licences"] == licences > 0


def test_confirming_is_recorded_and_done_once(deps: Deps, file: Path) -> None:
    assert "no restore" in liangzheng(deps.config, "restore", "--confirm").output
    backed_up(deps, file)
    restored(deps, file)
    assert unconfirmed(deps)
    assert "Confirmed" in liangzheng(deps.config, "restore", "--confirm").output
    assert not unconfirmed(deps)
    assert "no restore" in liangzheng(deps.config, "restore", "--confirm").output
    names = [name for name, _ in events(deps, "library.")]
    assert names == ["library.restored", "library.confirmed"]


def test_readiness_says_that_a_restore_is_not_confirmed(app: Flask, deps: Deps, file: Path) -> None:
    def readiness() -> tuple[int, str, str | None]:
        answer = app.test_client().get("/readyz")
        members = answer.get_json()
        return answer.status_code, members["status"], members.get("restore")

    assert readiness() == (200, "ok", None)
    backed_up(deps, file)
    restored(deps, file)
    assert readiness() == (200, "degraded", "unconfirmed")
    liangzheng(deps.config, "restore", "--confirm")
    assert readiness() == (200, "ok", None)


def test_the_database_is_not_taken_from_under_those_who_use_it(deps: Deps, file: Path) -> None:
    backed_up(deps, file)
    with deps.db.read():
        pass  # a connection that waits in the pool
    assert "stop the server and the worker" in refused(deps.config, "restore", file)
    deps.db.close()
    restored(deps, file)


@pytest.mark.parametrize("damage", ["absent", "no tar", "cut off", "empty tar", "no database"])
def test_what_is_no_backup_changes_nothing(deps: Deps, file: Path, damage: str) -> None:
    backed_up(deps, file)
    whole, before = file.read_bytes(), row_counts(deps)
    if damage == "absent":
        file.unlink()
    elif damage == "no tar":
        file.write_bytes(b"x" * 10_000)
    elif damage == "cut off":
        file.write_bytes(whole[: len(whole) // 2])
    else:
        with tarfile.open(file) as tar:
            manifest = tar.extractfile("manifest.json").read()  # type: ignore[union-attr]
        loose = file.with_name("manifest.json")
        loose.write_bytes(manifest)
        with tarfile.open(file, "w") as tar:
            if damage == "no database":
                tar.add(loose, "manifest.json")
    deps.db.close()
    line = refused(deps.config, "restore", file)
    assert str(file) in line
    assert row_counts(deps) == before
    assert not unconfirmed(deps)


def test_a_backup_of_another_library_is_refused(deps: Deps, file: Path) -> None:
    backed_up(deps, file)
    deps.db.close()
    assert "150600" in refused(deps.config, "restore", file, LIANGZHENG_ISSUER="110000")
    other = {"sqlite": "postgresql://lz@127.0.0.1:1/lz", "postgresql": "sqlite:////nowhere/lz.db"}
    kind = "sqlite" if deps.db.is_sqlite else "postgresql"
    url = other[kind]
    assert f"{kind} database" in refused(deps.config, "restore", file, LIANGZHENG_DATABASE_URL=url)


def test_a_backup_is_never_written_over_another(deps: Deps, file: Path) -> None:
    backed_up(deps, file)
    assert "is there already" in refused(deps.config, "backup", "-o", file)
    assert "cannot write" in refused(deps.config, "backup", "-o", file.parent / "absent" / "file")


def test_the_programs_of_postgresql_are_named_where_they_are_missing(
    deps: Deps, file: Path
) -> None:
    answer = liangzheng(deps.config, "backup", "-o", file, PATH="/nowhere")
    if deps.db.is_sqlite:
        assert answer.exit_code == 0  # needs none
    else:
        assert "apt-get install -y postgresql-client" in answer.output
        assert not file.exists()


@pytest.mark.parametrize("arguments", [(), ("file", "--confirm")])
def test_restore_takes_a_file_or_a_confirmation(config: Config, arguments: tuple[str, ...]) -> None:
    assert liangzheng(config, "restore", *arguments).exit_code == 2


def unconfirmed(deps: Deps) -> bool:
    """Whether the doctor asks for a confirmation."""
    findings = {one.subject: one for one in examine(deps.config, read_clock())}
    found = findings["restore"]
    assert found.well or "liangzheng restore --confirm" in found.advice
    return not found.well
