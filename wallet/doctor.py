"""What `liangzheng doctor` looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import null, select
from sqlalchemy.engine import make_url

from wallet import numbers
from wallet.base.clock import rfc3339
from wallet.base.database import DATABASE_ERRORS, Database
from wallet.base.dispatches import backlogs
from wallet.base.epoch import Epoch
from wallet.base.fast import open_fast_store
from wallet.base.key_files import read_states
from wallet.base.key_pairs import SigningKey, configured_token, key_files, place_of
from wallet.base.key_states import States, rotates_at
from wallet.base.keys import load_keys
from wallet.base.outbox import oldest_message
from wallet.config import Config
from wallet.errors import ConfigurationError
from wallet.migrations import is_at_head
from wallet.organisations.seals import load_seal, sealed_units
from wallet.relying.federation.bundles import bundle_of, is_fresh
from wallet.relying.federation.model import ForeignLibrary
from wallet.relying.model import Grant
from wallet.web.oidc.provider import Provider, ProviderAway

if TYPE_CHECKING:
    from wallet.base.pkcs11_token import Token

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
    yield from _networks(config)
    yield _restore(config)
    yield from _redis(config)
    yield from _private_files(config)
    yield from _keys(config, now)
    yield from _seals(config, now)
    yield _platform(config)
    yield from _regions(config, now)
    yield from _identity_providers(config)
    yield from _queue(config, now)


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


def _networks(config: Config) -> Iterator[Finding]:
    """Whether the networks of grants can be told, where a proxy may be before the server."""
    if _missing_sqlite_file(config):
        return
    db = Database(config.database_url)
    try:
        limited = db.rows(select(Grant.id).where(Grant.networks != null()).limit(1))
    except DATABASE_ERRORS:
        return  # said of the database already
    finally:
        db.close()
    told = bool(config.trusted_proxies or config.tls_certificate)
    yield Finding(
        "networks of grants",
        well=told or not limited,
        advice="some grants are for some networks alone; behind a proxy all come from its address, so "
        "set LIANGZHENG_TRUSTED_PROXIES",
    )


def _redis(config: Config) -> Iterator[Finding]:
    if not config.redis_url:
        return
    try:
        fast = open_fast_store(config.redis_url)
    except ConfigurationError as error:
        yield Finding("redis", well=False, advice=str(error))
        return
    yield Finding(
        "redis",
        well=fast.standing() == "ok",
        advice="it does not answer, so each process limits for itself; check LIANGZHENG_REDIS_URL",
    )
    fast.close()


def _restore(config: Config) -> Finding:
    try:
        since = Epoch(config.data).marks().unconfirmed_since
    except OSError as error:
        advice = f"the marks that tell of one cannot be read: {error.strerror}, {error.filename}"
        return Finding("restore", well=False, advice=advice)
    return Finding(
        "restore",
        well=since is None,
        advice=f"the database was put back, noticed {since and rfc3339(since)}; send in again "
        "what came after the backup, then run: liangzheng restore --confirm",
    )


def _missing_sqlite_file(config: Config) -> bool:
    url = make_url(config.database_url)
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file()


def _private_files(config: Config) -> Iterator[Finding]:
    files = [*sorted(config.keys_dir.glob("*.pem")), *sorted(config.keys_dir.glob("*.json"))]
    files += [*sorted(config.seals_dir.glob("*.pem")), *sorted(config.data.glob("demo*.json"))]
    for path in files:
        yield Finding(
            str(path.relative_to(config.data)),
            well=path.stat().st_mode & 0o077 == 0,
            advice=f"others may read it; run: chmod 600 {path}",
        )


def _keys(config: Config, now: datetime) -> Iterator[Finding]:
    subject = "signing keys"
    if not key_files(config.keys_dir):
        advice = "there is none yet; the server makes it when it first starts"
        yield Finding(subject, well=True, advice=advice)
        return
    try:
        token = configured_token(config)
        keys = load_keys(config.keys_dir, config.secret_key, config.issuer, token=token)
        states = read_states(config.keys_dir)
    except ConfigurationError as error:
        yield Finding(subject, well=False, advice=str(error))
        return
    due = rotates_at(states, config.key_days)
    yield Finding(
        subject,
        well=due is None or now < due + _ROTATION_SLACK,
        advice="the current one should have been rotated; is the worker running?",
    )
    yield from _keys_in_token(config, token, keys.by_kid, states)


def _seals(config: Config, now: datetime) -> Iterator[Finding]:
    """Whether each unit's seal opens, and how long its certificate is good."""
    for unit in sealed_units(config.seals_dir):
        subject = f"seal of {unit}"
        try:
            seal = load_seal(config.seals_dir, config.secret_key, unit)
        except ConfigurationError as error:
            yield Finding(subject, well=False, advice=str(error))
            continue
        assert seal is not None  # it was listed just now
        yield Finding(
            subject,
            well=not seal.is_ending(now),
            advice=f"its certificate ends {rfc3339(seal.ends_at)}; get a new one of its CA and run: "
            f"liangzheng seals import {unit} FILE",
        )


def _platform(config: Config) -> Finding:
    state = "set up" if config.platform_url else "not set up, nothing is pushed to it"
    return Finding(f"regional platform ({state})", well=True)


def _regions(config: Config, now: datetime) -> Iterator[Finding]:
    """Whether the bundle of each other region's library may still be used."""
    if _missing_sqlite_file(config):
        return
    db = Database(config.database_url)
    try:
        registered = db.rows(select(ForeignLibrary).order_by(ForeignLibrary.issuer))
    except DATABASE_ERRORS:
        return  # said of the database already
    finally:
        db.close()
    for row in registered:
        bundle = bundle_of(config.federation_dir, row.issuer)
        yield Finding(
            f"bundle of {row.issuer}",
            well=bundle is not None and is_fresh(bundle, row.max_age, now),
            advice="it is missing or too old, so its codes are undetermined; does the library answer, is the "
            "worker running? One from a file: liangzheng federation add",
        )


def _identity_providers(config: Config) -> Iterator[Finding]:
    """Whether each provider answers, and means itself by the issuer that is set."""
    for whose, client in (("citizens", config.oidc_citizen), ("staff", config.oidc_staff)):
        if client is None:
            yield Finding(f"sign-in of {whose} (not set up)", well=True)
            continue
        provider = Provider(client)
        try:
            provider.converse(provider.endpoints)
            well = True
        except ProviderAway:
            well = False
        yield Finding(
            f"sign-in of {whose} ({client.issuer})",
            well=well,
            advice="its discovery document cannot be used, nobody can sign in; does it answer, and "
            "is the issuer written as the provider writes it?",
        )


def _queue(config: Config, now: datetime) -> Iterator[Finding]:
    """What waits for too long, or was given up, for each destination."""
    if _missing_sqlite_file(config):
        return
    db = Database(config.database_url)
    try:
        with db.read() as tx:
            oldest, standing = oldest_message(tx), backlogs(tx)
    except DATABASE_ERRORS:
        return  # said of the database already
    finally:
        db.close()
    late = now - timedelta(seconds=numbers.DISPATCH_LATE)
    yield Finding(
        "outbox",
        well=oldest is None or oldest > late,
        advice="what happened is not delivered; is the worker running?",
    )
    for one in standing:
        waiting = f"{one.waiting} wait since {rfc3339(one.oldest)}, " if one.oldest else ""
        yield Finding(
            f"queue to {one.destination}",
            well=not one.dead and (one.oldest is None or one.oldest > late),
            advice=f"{waiting}{one.dead} are dead letters; is the worker running, does the "
            "destination answer? See: liangzheng queue list",
        )


def _keys_in_token(
    config: Config, token: Token | None, by_kid: Mapping[str, SigningKey], states: States
) -> Iterator[Finding]:
    """Whether the token takes the login, and signs as the keys that are to sign; it may have lost
    the others. Without such a key, whether the token takes the login at all."""
    kids = [
        kid
        for kid, key in states.items()
        if key.state in ("current", "next") and place_of(config.keys_dir, kid) == "token"
    ]
    if token is not None and not kids:
        yield _examined(f"token {config.pkcs11_token}", token.reach)
    for kid in kids:
        subject = f"signing key {kid} in token {config.pkcs11_token}"
        if token is None:
            yield Finding(subject, well=False, advice="set LIANGZHENG_PKCS11_MODULE")
            continue
        yield _examined(subject, partial(token.check, kid, by_kid[kid].public))


def _examined(subject: str, examination: Callable[[], None]) -> Finding:
    try:
        examination()
    except ConfigurationError as error:
        return Finding(subject, well=False, advice=str(error))
    return Finding(subject, well=True)
