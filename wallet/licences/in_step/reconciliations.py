"""The reports of reconciliations: their counts for good, the single differences for some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from wallet import numbers
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.base.paging import number_of_cursor
from wallet.catalogue.model import LicenceType
from wallet.errors import NotFound
from wallet.licences.in_step.model import (
    DIFFERENT_NUMBER,
    Reconciliation,
    ReconciliationDifference,
)
from wallet.licences.in_step.reconcile import KINDS, Difference
from wallet.web.principal import Principal


@dataclass(frozen=True)
class ReconciliationReport:
    """What a reconciliation found: how many `lines` the list had, of which so many are the `same`.

    `counts` are by kind of difference; of all of them `listed` are told one by one.
    """

    id: str
    type: str
    begins_on: date | None
    ends_on: date | None
    at: datetime
    lines: int
    same: int
    counts: dict[str, int]
    listed: int


def reconciliation(
    deps: Deps, client: Principal, public_id: str, limit: int, cursor: str | None
) -> tuple[ReconciliationReport, list[Difference], str | None]:
    """A report of the client's unit, a page of its differences, and the next cursor.

    Raises NotFound, Invalid (`invalid_cursor`).
    """
    after = number_of_cursor(cursor)
    with deps.db.read() as tx:
        row = tx.execute(
            select(Reconciliation, LicenceType.code)
            .join(LicenceType, LicenceType.id == Reconciliation.type_id)
            .where(Reconciliation.public_id == public_id, Reconciliation.unit_id == client.unit_id)
        ).one_or_none()
        if row is None:
            raise NotFound("本单位没有这一对账。")
        page = tx.execute(
            select(ReconciliationDifference)
            .where(
                ReconciliationDifference.reconciliation_id == row.id,
                ReconciliationDifference.id > after,
            )
            .order_by(ReconciliationDifference.id)
            .limit(limit + 1)
        ).all()
    next_cursor = str(page[limit - 1].id) if len(page) > limit else None
    return _report(row), [_difference(deps.vault, one) for one in page[:limit]], next_cursor


def forget_differences(tx: Connection, now: datetime) -> int:
    """Delete single differences that are old enough; returns how many."""
    limit = now - timedelta(days=numbers.RECONCILIATION_DAYS)
    old = (
        tx.execute(
            select(Reconciliation.id).where(Reconciliation.at <= limit, Reconciliation.listed > 0)
        )
        .scalars()
        .all()
    )
    if not old:
        return 0
    tx.execute(update(Reconciliation).where(Reconciliation.id.in_(old)).values(listed=0))
    return tx.execute(
        delete(ReconciliationDifference).where(ReconciliationDifference.reconciliation_id.in_(old))
    ).rowcount


def _report(row: AnyRow) -> ReconciliationReport:
    return ReconciliationReport(
        row.public_id,
        row.code,
        row.begins_on,
        row.ends_on,
        row.at,
        row.lines,
        row.same,
        {kind: getattr(row, kind) for kind in KINDS},
        row.listed,
    )


def _difference(vault: Vault, row: AnyRow) -> Difference:
    return Difference(
        row.kind,
        vault.open(row.number_sealed, DIFFERENT_NUMBER),
        row.version_here,
        row.version_there,
        row.status_here,
        row.status_there,
    )
