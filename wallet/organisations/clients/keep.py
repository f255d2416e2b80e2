"""Add a machine client, give it a new secret, end it. A secret is told once, and only a digest is kept."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, update

from wallet.base import audit
from wallet.base.deps import Deps
from wallet.errors import Conflict, Invalid, NotPermitted
from wallet.organisations.clients.listed import client_in_sight, within_reach
from wallet.organisations.model import Client
from wallet.organisations.oauth import hash_secret
from wallet.organisations.people.roles import CLIENT_KINDS
from wallet.organisations.units.sight import check_open, lock_unit, unit_below
from wallet.web.principal import Principal
from wallet.web.session_list import end_sessions_of

_FROM_PEOPLE = frozenset({"managing"})
"""Roles that people give, never a program."""


@dataclass(frozen=True)
class NewClient:
    """A machine client to add; `unit` is the unit's code, `roles` are those of `CLIENT_KINDS`."""

    unit: str
    name: str
    roles: Sequence[str]


@dataclass(frozen=True)
class Secret:
    """A secret that is told this once; `old_until` is when the one before it ends, None where none goes on."""

    client_id: str
    client_secret: str
    old_until: datetime | None


def add_client(deps: Deps, principal: Principal, new: NewClient, now: datetime) -> Secret:
    """Add a machine client to a unit below the own one. It works under no grant until it is bound to one.

    Raises NotFound, NotPermitted (`own_unit`, `from_above`), Invalid (`role_not_allowed`), Conflict
    (`unit_closed`).
    """
    client_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    with deps.db.begin() as tx:
        unit = lock_unit(tx, unit_below(tx, principal, new.unit).id)
        check_open(unit)
        if principal.kind == "client" and _FROM_PEOPLE & set(new.roles):
            raise NotPermitted("管理单位的系统由上级管理单位的人员登记。", "from_above")
        roles = _checked(new.roles, unit.kinds)
        added: int = tx.execute(
            insert(Client).returning(Client.id),
            {
                "client_id": client_id,
                "unit_id": unit.id,
                "name": new.name,
                "roles": roles,
                "secret_hash": hash_secret(secret),
            },
        ).scalar_one()
        audit.record(
            tx,
            "client.added",
            now,
            client=added,
            unit=unit.code,
            actor=principal.account,
            roles=roles,
        )
    return Secret(client_id, secret, None)


def rotate_secret(
    deps: Deps, principal: Principal, client_id: str, overlap_days: int, now: datetime
) -> Secret:
    """Give a client a new secret, good at once; the one before it goes on for `overlap_days`.

    With none it ends at once, and so do the client's tokens. A second rotation ends the oldest. Raises
    NotFound, NotPermitted (`own_unit`), Conflict (`client_ended`).
    """
    secret = secrets.token_urlsafe(32)
    until = now + timedelta(days=overlap_days) if overlap_days else None
    with deps.db.begin() as tx:
        lock_unit(tx, client_in_sight(tx, principal, client_id).unit_id)
        row = client_in_sight(tx, principal, client_id)
        check_reach(principal, row.unit_id)
        if row.disabled_at is not None:
            raise Conflict("这个接入系统已停用，不能再换密钥。", "client_ended")
        tx.execute(
            update(Client)
            .where(Client.id == row.id)
            .values(
                secret_hash=hash_secret(secret),
                old_secret_hash=row.secret_hash if until else None,
                old_secret_until=until if row.secret_hash else None,
            )
        )
        if until is None:
            end_sessions_of(tx, "client", [row.id], now)
        audit.record(
            tx,
            "client.secret_rotated",
            now,
            client=row.id,
            unit=row.unit,
            actor=principal.account,
            overlap_days=overlap_days,
        )
    return Secret(client_id, secret, until)


def end_client(deps: Deps, principal: Principal, client_id: str, now: datetime) -> None:
    """End a client for good, its tokens at once. Ending twice is once. Raises NotFound, NotPermitted (`own_unit`)."""
    with deps.db.begin() as tx:
        row = client_in_sight(tx, principal, client_id)
        check_reach(principal, row.unit_id)
        ended = tx.execute(
            update(Client)
            .where(Client.id == row.id, Client.disabled_at.is_(None))
            .values(disabled_at=now, old_secret_hash=None, old_secret_until=None)
        )
        if ended.rowcount:
            end_sessions_of(tx, "client", [row.id], now)
            audit.record(
                tx, "client.ended", now, client=row.id, unit=row.unit, actor=principal.account
            )


def check_reach(principal: Principal, unit_id: int) -> None:
    """Raise NotPermitted (`own_unit`) where a client of a unit in sight is not whoever asks' to change."""
    if not within_reach(principal, unit_id):
        raise NotPermitted("本单位的接入系统由本单位专人或上级管理单位管理。", "own_unit")


def _checked(roles: Collection[str], kinds: Collection[str]) -> list[str]:
    if not all(role in CLIENT_KINDS and not CLIENT_KINDS[role].isdisjoint(kinds) for role in roles):
        sentence = "这类单位的系统没有所选的角色。"
        raise Invalid(f"roles：{sentence}", "role_not_allowed", {"roles": [sentence]})
    return sorted(set(roles))
