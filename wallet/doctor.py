"""What `liangzheng doctor` looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from wallet.base.database import DATABASE_ERRORS, Database
from wallet.base.key_files import read_states
from wallet.base.key_states import rotates_at
from wallet.base.keys import load_keys
from wallet.config import Config
from wallet.errors import ConfigurationError
from wallet.migrations import is_at_head

_ROTATION_SLACK: Final = timedelta(days=1)
"""A rotation may be late by this before the doctor asks for the worker."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `advice` says what to do where it is not well."""

    subject: str
    well: bool
    advice: str = ""


def examine(config: Config, now: datetime) -> Iterator[Finding]:
    """Look at everything that a server with these settings stands on; changes nothing."""
    yield Finding("settings", well=True)
    yield _public_url(config)
    yield _database(config)
    yield from _private_files(config)
    yield _keys(config, now)


def _public_url(config: Config) -> Finding:
    return Finding(
        "public address",
        well=config.https or config.demo,
        advice="LIANGZHENG_PUBLIC_URL should be https: without it cookies are not Secure",
    )


def _database(config: Config) -> Finding:
    subject = f"database ({make_url(config.database_url).get_backend_name()})"
    if _missing_sqlite_file(config):
        return Finding(subject, well=False, advice="there is none; run: liangzheng migrate")
    db = Database(config.database_url)
    try:
        return Finding(
            subject, well=is_at_head(db), advice="it has other tables; run: liangzheng migrate"
        )
    except DATABASE_ERRORS:
        return Finding(
            subject, well=False, advice="it does not answer; check LIANGZHENG_DATABASE_URL"
        )
    finally:
        db.close()


def _missing_sqlite_file(config: Config) -> bool:
    url = make_url(config.database_url)
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file()


def _private_files(config: Config) -> Iterator[Finding]:
    files = [*sorted(config.keys_dir.glob("*.pem")), *sorted(config.keys_dir.glob("*.json"))]
    files += sorted(config.data.glob("demo*.json"))
    for path in files:
        yield Finding(
            str(path.relative_to(config.data)),
            well=path.stat().st_mode & 0o077 == 0,
            advice=f"others may read it; run: chmod 600 {path}",
        )


def _keys(config: Config, now: datetime) -> Finding:
    subject = "signing keys"
    if not list(config.keys_dir.glob("*.pem")):
        advice = "there is none yet; the server makes it when it first starts"
        return Finding(subject, well=True, advice=advice)
    try:
        load_keys(config.keys_dir, config.secret_key, config.issuer)
        due = rotates_at(read_states(config.keys_dir), config.key_days)
    except ConfigurationError as error:
        return Finding(subject, well=False, advice=str(error))
    return Finding(
        subject,
        well=due is None or now < due + _ROTATION_SLACK,
        advice="the current one should have been rotated; is the worker running?",
    )
