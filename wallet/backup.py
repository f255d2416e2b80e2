"""What `liangzheng backup` and `liangzheng restore` do: one file from which a library comes back.

It is a tar of `manifest.json`, the database, `keys/` and `seals/`, the private ones as encrypted as they
lie in the data folder. Not in it are the secret, which is kept apart, and what has to tell of the time
after the backup: the marks of the epoch and the published status lists.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from wallet.base.clock import rfc3339
from wallet.base.database import Database
from wallet.base.epoch import Epoch
from wallet.base.private_files import write_private
from wallet.config import Config
from wallet.errors import ConfigurationError
from wallet.migrations import migrate

_MANIFEST: Final = "manifest.json"
_DATABASE: Final = "database"
_KEYS: Final = "keys/"
_SEALS: Final = "seals/"
_FORMAT: Final = 1
_PRIVATE: Final = 0o600


def write_backup(config: Config, path: Path, now: datetime) -> None:
    """Write the backup, whole or not at all; the library may be at work meanwhile.

    Raises ConfigurationError when the file is there already or the database cannot be copied.
    """
    if path.exists():
        raise ConfigurationError(f"{path} is there already; choose another name")
    url = make_url(config.database_url)
    manifest = {
        "format": _FORMAT,
        "database": url.get_backend_name(),
        "issuer": config.issuer,
        "made_at": rfc3339(now),
    }
    with _draft(path.absolute()) as draft, tempfile.TemporaryDirectory(dir=draft.parent) as folder:
        copy = Path(folder) / _DATABASE
        _copy_out(url, copy)
        with tarfile.open(draft, "w") as tar:
            _add(tar, _MANIFEST, json.dumps(manifest, indent=2).encode())
            tar.add(copy, _DATABASE)
            # After the database, so that no key is missing that it knows of.
            for key in _files(config.keys_dir, ".pem", ".json"):
                _add(tar, _KEYS + key.name, key.read_bytes())
            for seal in _files(config.seals_dir, ".pem", ".png", ".svg"):
                _add(tar, _SEALS + seal.name, seal.read_bytes())


def restore_backup(config: Config, path: Path, now: datetime) -> datetime:
    """Put the database back to what a backup holds, and note it in the marks of the epoch.

    Keys and seals that the data folder has stay as they are, since they may have been rotated,
    retired or renewed after the backup. Returns when the backup was made. Raises
    ConfigurationError, with everything as it was, for a file that is no backup of such a library,
    or while the database is in use.
    """
    url = make_url(config.database_url)
    with _open(path) as tar:
        manifest = _manifest(tar, path)
        if manifest["database"] != url.get_backend_name():
            raise ConfigurationError(
                f"{path} holds a {manifest['database']} database; set LIANGZHENG_DATABASE_URL to one"
            )
        if manifest["issuer"] != config.issuer:
            raise ConfigurationError(f"{path} is of the library {manifest['issuer']}, not this one")
        with tempfile.TemporaryDirectory(dir=_folder_for(url, config)) as folder:
            copy = Path(folder) / _DATABASE
            _extract(tar, path, copy)
            _copy_in(url, copy)
        _put_back(tar, _KEYS, config.keys_dir)
        _put_back(tar, _SEALS, config.seals_dir)
    db = Database(config.database_url)
    try:
        migrate(db)
        Epoch(config.data).restored(db, now)
    finally:
        db.close()
    return datetime.fromisoformat(manifest["made_at"])


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its place when the block ends well."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE))
        yield draft
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.rename(path)
    except FileNotFoundError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), _PRIVATE
    tar.addfile(member, io.BytesIO(content))


def _files(folder: Path, *suffixes: str) -> list[Path]:
    return sorted(path for path in folder.glob("[!.]*") if path.suffix in suffixes)


def _open(path: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(path, "r:")
    except FileNotFoundError:
        raise ConfigurationError(f"{path} is not there") from None
    except tarfile.TarError:
        raise _no_backup(path) from None


def _manifest(tar: tarfile.TarFile, path: Path) -> dict[str, Any]:
    try:
        file = tar.extractfile(_MANIFEST)
        manifest: dict[str, Any] = json.loads(file.read() if file else b"")
        if manifest["format"] != _FORMAT:
            raise ConfigurationError(f"{path} was made by a newer version of the program")
        return {name: manifest[name] for name in ("database", "issuer", "made_at")}
    except (tarfile.TarError, KeyError, ValueError, TypeError):
        raise _no_backup(path) from None


def _extract(tar: tarfile.TarFile, path: Path, copy: Path) -> None:
    try:
        source = tar.extractfile(_DATABASE)
        assert source is not None
        with source, copy.open("wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
    except (tarfile.TarError, KeyError):
        raise _no_backup(path) from None


def _no_backup(path: Path) -> ConfigurationError:
    return ConfigurationError(f"{path} is no backup, or a damaged one")


def _put_back(tar: tarfile.TarFile, place: str, folder: Path) -> None:
    members = [one for one in tar.getmembers() if one.isfile() and one.name.startswith(place)]
    # The keys before the states that name them.
    for member in sorted(members, key=lambda one: one.name.endswith(".json")):
        path = folder / Path(member.name).name
        source = tar.extractfile(member)
        if not path.exists() and source is not None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(path, source.read())


def _folder_for(url: URL, config: Config) -> Path:
    """Where the copy lies meanwhile: beside an embedded database, so that it can be renamed."""
    folder = Path(url.database or "").parent if _is_sqlite(url) else config.data
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _copy_out(url: URL, copy: Path) -> None:
    if not _is_sqlite(url):
        _postgresql(url, "pg_dump", "--format=custom", f"--file={copy}")
        return
    if not Path(url.database or "").is_file():
        raise ConfigurationError("there is no database yet; run: liangzheng migrate")
    with (
        closing(sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


def _copy_in(url: URL, copy: Path) -> None:
    if _is_sqlite(url):
        _replace_sqlite(Path(url.database or ""), copy)
        return
    _check_postgresql_unused(url)
    _postgresql(url, "pg_restore", "--clean", "--if-exists", "--single-transaction", str(copy))


def _replace_sqlite(path: Path, copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        try:
            whole = connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        except sqlite3.DatabaseError:
            whole = False
    if not whole:
        raise ConfigurationError("the database in the backup is damaged; take another backup")
    if path.exists():
        _check_sqlite_unused(path)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    copy.replace(path)


def _check_sqlite_unused(path: Path) -> None:
    """Raise unless this process is alone with it; its journal is then empty.

    A file that is no database any more is nobody's.
    """
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            alone = connection.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
        except sqlite3.OperationalError:
            alone = False
        except sqlite3.DatabaseError:
            alone = True
    if not alone:
        raise ConfigurationError("the database is in use; stop the server and the worker first")


def _check_postgresql_unused(url: URL) -> None:
    db = Database(url.render_as_string(hide_password=False))
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    try:
        with db.read() as tx:
            alone = tx.execute(others).scalar_one() == 0
    finally:
        db.close()
    if not alone:
        raise ConfigurationError("the database is in use; stop the server and the worker first")


def _postgresql(url: URL, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL; its password goes by the environment, where nobody sees it."""
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    # The URL as PostgreSQL's own programs take it, without the password.
    name = url.set(drivername="postgresql", password=None).render_as_string()
    command = [program, f"--dbname={name}", "--no-owner", "--no-privileges", *arguments]
    try:
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise ConfigurationError(
            f"{program} is not installed; run: apt-get install -y postgresql-client"
        ) from None
    except subprocess.CalledProcessError as error:
        said = (error.stderr.strip().splitlines() or ["no reason given"])[0]
        raise ConfigurationError(f"{program} failed: {said}") from None
