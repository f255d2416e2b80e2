"""Receive a licence from its issuing unit (O-8, M-7).

Two steps, so that a crash at any moment leaves nothing half-issued: transaction 1 records the
licence as pending, then it is signed and checked, and transaction 2 marks it issued. Whoever
comes next, a repeat of the request or the worker's sweep, finishes what a crash left pending.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from wallet.base.clock import local_day
from wallet.base.database import insert_if_new
from wallet.base.deps import Deps
from wallet.errors import Conflict, Invalid
from wallet.licences.check import (
    CLASSIFIED,
    CheckedLicence,
    NewLicence,
    check_new,
    issuable_type,
    record_secrets,
)
from wallet.licences.issue import IssuedLicence, issue
from wallet.licences.model import (
    IdempotencyKey,
)
from wallet.licences.record import record_licences
from wallet.web.principal import Principal


def receive(
    deps: Deps,
    client: Principal,
    key: str,
    body_hash: bytes,
    new: NewLicence,
    now: datetime,
    *,
    stock: bool = False,
) -> IssuedLicence:
    """Take a licence in and issue it. The same key and body give the same answer.

    Raises Invalid, NotPermitted (a type of another unit), Conflict (`idempotency_key_reused`,
    `stale_version`, `licence_revoked`, `identifier_taken`). `stock` 存量 is never late.
    """
    with deps.db.read() as tx:
        licence_id = _licence_of_key(tx, client.id, key, body_hash)
        type_row = None if licence_id else issuable_type(tx, client, new.type)
    if type_row is not None:
        try:
            checked = check_new(type_row, new, local_day(now))
        except Invalid as refused:
            if refused.slug == CLASSIFIED:
                with deps.db.begin() as tx:
                    record_secrets(tx, client, {None: type_row.code}, now)
            raise
        licence_id = _record(deps, client, key, body_hash, checked, now, stock=stock)
    assert licence_id is not None
    return issue(deps, licence_id, now)


def _licence_of_key(tx: Connection, client_id: int, key: str, body_hash: bytes) -> int | None:
    row = tx.execute(
        select(IdempotencyKey.body_hash, IdempotencyKey.licence_id).where(
            IdempotencyKey.client_id == client_id, IdempotencyKey.key == key
        )
    ).one_or_none()
    if row is None:
        return None
    if row.body_hash != body_hash:
        raise Conflict(
            "此 Idempotency-Key 已用于另一份内容，请为新的请求换一个。", "idempotency_key_reused"
        )
    licence_id: int | None = row.licence_id
    return licence_id


def _record(
    deps: Deps,
    client: Principal,
    key: str,
    body_hash: bytes,
    checked: CheckedLicence,
    now: datetime,
    *,
    stock: bool,
) -> int:
    with deps.db.begin() as tx:
        claimed = insert_if_new(
            tx,
            IdempotencyKey,
            client_id=client.id,
            key=key,
            body_hash=body_hash,
            licence_id=None,
            created_at=now,
        )
        if not claimed:  # a twin of this request was first and has committed
            licence_id = _licence_of_key(tx, client.id, key, body_hash)
            assert licence_id is not None
            return licence_id
        [recorded] = record_licences(tx, deps, client, [checked], now, stock=stock)
        if isinstance(recorded, Conflict):
            raise recorded
        tx.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.client_id == client.id, IdempotencyKey.key == key)
            .values(licence_id=recorded)
        )
    return recorded
