"""How far a list is, and its result as a file: the line, what the platform calls it, and the answer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy import Connection, select

from wallet.base import audit
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.spreadsheets import plain_cell
from wallet.errors import Conflict, NotFound
from wallet.relying.beyond.refuse import refuse_beyond_grant
from wallet.relying.desks import Desk
from wallet.relying.grants import grant_for
from wallet.relying.merchant_checks.model import (
    REF,
    WEBHOOK,
    MerchantCheck,
    MerchantLine,
    MerchantSubscription,
)
from wallet.relying.merchant_checks.scope import CHECKS
from wallet.web.principal import Principal

RESULTS: Final = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}
"""Form of a result → its content type."""
_PAGE: Final = 1000
_COLUMNS: Final = ("line", "ref", "answer", "error")


@dataclass(frozen=True)
class Subscription:
    """Where the platform is told of changes, and until when; `secret` only where it was just made."""

    webhook: str
    ends_at: datetime
    secret: str | None = None


@dataclass(frozen=True)
class CheckProgress:
    """A list: `state` is waiting, running, done or stopped; the counts are of the lines `answered`."""

    id: str
    item: str
    state: str
    lines: int
    answered: int
    match: int
    no_match: int
    changed: int
    unreadable: int
    received_at: datetime
    finished_at: datetime | None
    subscription: Subscription | None


def check_progress(
    deps: Deps, principal: Principal, public_id: str, now: datetime
) -> CheckProgress:
    """How far a list of the own unit is. Raises NotFound."""
    with deps.db.read() as tx:
        row = check_of(tx, principal, public_id)
        told = tx.execute(
            select(MerchantSubscription).where(
                MerchantSubscription.check_id == row.id, MerchantSubscription.ends_at > now
            )
        ).one_or_none()
    return CheckProgress(
        id=row.public_id,
        item=row.item,
        state=row.state,
        lines=row.lines,
        answered=row.answered,
        match=row.matched,
        no_match=row.answered - row.matched - row.changed - row.unreadable,
        changed=row.changed,
        unreadable=row.unreadable,
        received_at=row.received_at,
        finished_at=row.finished_at,
        subscription=(
            Subscription(deps.vault.open(told.webhook_sealed, WEBHOOK), told.ends_at)
            if told
            else None
        ),
    )


def check_result(
    deps: Deps, desk: Desk, public_id: str, form: str, now: datetime
) -> Iterator[bytes]:
    """The result of a list of the own unit, in parts; `form` is csv or ndjson.

    Raises NotFound; NotPermitted, recorded, where the grant is over; Conflict (`check_not_done`).
    """
    row = granted_check(deps, desk, public_id, now)
    if row.finished_at is None:
        raise Conflict("名单还没有核完，请稍后再取结果。", "check_not_done")
    with deps.db.begin() as tx:
        told = {"check": row.id, "actor": desk.principal.account, "unit": row.unit_id}
        audit.record(tx, "merchant_check.read", now, **told)
    return _parts(deps, row.id, form)


def granted_check(deps: Deps, desk: Desk, public_id: str, now: datetime) -> AnyRow:
    """The row of a list of the own unit, with its `item`'s code, whose grant stands for whoever asks.

    Raises NotFound; NotPermitted, recorded and alerted.
    """
    with deps.db.read() as tx:
        row = check_of(tx, desk.principal, public_id)
    if grant_for(deps, desk.principal, row.item, now, desk.address, lists=True) is None:
        refuse_beyond_grant(deps, desk, row.item, (), now)
    return row


def check_of(tx: Connection, principal: Principal, public_id: str) -> AnyRow:
    """The row of a list of the own unit, with its `item`'s code. Raises NotFound."""
    row = tx.execute(
        CHECKS.where(
            MerchantCheck.public_id == public_id, MerchantCheck.unit_id == principal.unit_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("没有这份核验名单，或已到期删除。")
    return row


def _parts(deps: Deps, check_id: int, form: str) -> Iterator[bytes]:
    if form == "csv":
        # With its mark, or Excel takes UTF-8 for another encoding.
        yield b"\xef\xbb\xbf" + _csv([_COLUMNS])
    after = 0
    while True:
        page = deps.db.rows(
            select(MerchantLine)
            .where(MerchantLine.check_id == check_id, MerchantLine.line > after)
            .order_by(MerchantLine.line)
            .limit(_PAGE)
        )
        if not page:
            return
        rows = [_row(deps, line) for line in page]
        yield _csv(rows) if form == "csv" else _ndjson(rows)
        after = page[-1].line


def _row(deps: Deps, line: AnyRow) -> tuple[int, str | None, str, str | None]:
    ref = None if line.ref_sealed is None else deps.vault.open(line.ref_sealed, REF)
    return line.line, ref, line.answer or "unanswered", line.fault


def _csv(rows: Sequence[Sequence[int | str | None]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([plain_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _ndjson(rows: list[tuple[int, str | None, str, str | None]]) -> bytes:
    return b"".join(
        orjson.dumps(dict(zip(_COLUMNS, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)
        for row in rows
    )
