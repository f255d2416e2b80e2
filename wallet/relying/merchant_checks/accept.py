"""Take in a list of merchants (M-16): within the filed grant and its quota, whole or not at all.

The lines are read here, so that a platform hears at once of a list that is too long or beyond its day's quota; the
worker answers them (`answer`).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, insert, select

from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import insert_if_new
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.errors import Conflict, Invalid
from wallet.relying.beyond.refuse import refuse_beyond_grant
from wallet.relying.desks import Desk
from wallet.relying.grants import GrantedType, ItemGrant, grant_for
from wallet.relying.merchant_checks.lines import AskedLine, asked_lines
from wallet.relying.merchant_checks.model import ASKED, REF, MerchantCheck, MerchantLine
from wallet.relying.quota import claim_quota

_ID_BYTES: Final = 16


@dataclass(frozen=True)
class NewCheck:
    """A list as it came in: `kind` is ndjson, csv or xlsx, `key` its `Idempotency-Key`.

    `type` is the code of the only licence type that is asked for, None for all that are granted. What
    changed on `since`, a local day, or later is told as changed.
    """

    item: str
    type: str | None
    since: date | None
    key: str
    kind: str
    body: bytes


class _OverQuota(Exception):
    """Rolls back what was taken in."""


def accept_check(deps: Deps, desk: Desk, new: NewCheck, now: datetime) -> str:
    """Take in a list, to be answered by the worker; gives its public id.

    The same key and list are the same check again, and count once. Raises NotPermitted, recorded and
    alerted, beyond the grant or its quota; Conflict (`idempotency_key_reused`), Invalid (`since_ahead` and as `asked_lines`).
    """
    today = local_day(now)
    grant = grant_for(deps, desk.principal, new.item, now, desk.address, lists=True)
    if grant is None:
        refuse_beyond_grant(deps, desk, new.item, (), now)
    types = [one for one in grant.types.values() if new.type in (None, one.code)]
    if not types:
        refuse_beyond_grant(deps, desk, new.item, (), now, "type")
    if new.since is not None and new.since > today:
        raise Invalid("since：应为今天或以前的日期。", "since_ahead")
    lines = asked_lines(new.body, new.kind)
    try:
        with deps.db.begin() as tx:
            return _keep(tx, deps, desk, grant, types, new, lines, now)
    except _OverQuota:
        refuse_beyond_grant(deps, desk, new.item, (), now, "quota")


def _keep(
    tx: Connection,
    deps: Deps,
    desk: Desk,
    grant: ItemGrant,
    types: Sequence[GrantedType],
    new: NewCheck,
    lines: Sequence[AskedLine],
    now: datetime,
) -> str:
    actor, digest = desk.principal, _digest(new)
    added = insert_if_new(
        tx,
        MerchantCheck,
        public_id=secrets.token_urlsafe(_ID_BYTES),
        unit_id=actor.unit_id,
        client_id=actor.id,
        key=new.key,
        body_hash=digest,
        item_id=grant.item_id,
        type_id=types[0].type_id if new.type else None,
        since=new.since,
        state="waiting",
        lines=len(lines),
        line=0,
        answered=0,
        matched=0,
        changed=0,
        unreadable=0,
        received_at=now,
    )
    row = tx.execute(
        select(MerchantCheck.id, MerchantCheck.public_id, MerchantCheck.body_hash).where(
            MerchantCheck.client_id == actor.id, MerchantCheck.key == new.key
        )
    ).one()
    if not added:
        if row.body_hash != digest:
            raise Conflict(
                "此 Idempotency-Key 已用于另一份名单，请为新的名单换一个。",
                "idempotency_key_reused",
            )
        return str(row.public_id)
    limited = [
        replace(one, quota=numbers.MERCHANT_LINES_PER_DAY) if one.quota is None else one
        for one in types
    ]
    if not claim_quota(tx, limited, local_day(now), len(lines)):
        raise _OverQuota
    tx.execute(insert(MerchantLine), [_row(deps.vault, row.id, line) for line in lines])
    audit.record(
        tx,
        "merchant_check.received",
        now,
        check=row.id,
        actor=actor.account,
        unit=actor.unit_id,
        item=grant.item,
        types=[one.code for one in types],
        lines=len(lines),
    )
    return str(row.public_id)


def _row(vault: Vault, check_id: int, line: AskedLine) -> dict[str, Any]:
    asked = line.asked
    return {
        "check_id": check_id,
        "line": line.line,
        "ref_sealed": None if line.ref is None else vault.seal(line.ref, REF),
        "asked_sealed": (
            None if asked is None else vault.seal_bytes(orjson.dumps(vars(asked)), ASKED)
        ),
        "fault": line.fault,
    }


def _digest(new: NewCheck) -> bytes:
    """Of all that makes another list, or another question of it."""
    asked = orjson.dumps([new.item, new.type, new.since, new.kind])
    return hashlib.sha256(asked + b"\0" + new.body).digest()
