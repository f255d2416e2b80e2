"""Look at a licence before it is sealed (O-9, M-8), where its catalogue entry asks for that.

What came in waits, unsealed and in nobody's wallet, until somebody of the issuing unit passes it,
then it is issued as any other, or returns it with a reason: then it never is. The unit sends it in
again as a higher version. The data came from the unit's system, so that anybody of its staff with
the role is another person; what a staff member sent in, another passes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from wallet.base import audit
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.encryption import Vault
from wallet.base.paging import number_of_cursor
from wallet.catalogue.model import LicenceType
from wallet.errors import Conflict, Invalid, NotFound
from wallet.licences.held import HeldField, face_fields
from wallet.licences.issue import issue
from wallet.licences.model import (
    AWAITS_REVIEW,
    HOLDER_NAME,
    IDENTIFIER,
    NUMBER,
    REVIEW_REASON,
    Licence,
    LicenceHolder,
    LicenceReview,
)
from wallet.licences.versions import lock_number
from wallet.web.principal import Principal


@dataclass(frozen=True)
class AwaitingReview:
    """A licence of the queue; `holders` are the names that the issuing system gave."""

    identifier: str
    type_code: str
    type_name: str
    number: str
    version: int
    holders: Sequence[str]
    received_at: datetime


@dataclass(frozen=True)
class Reviewed:
    """What was decided: `state` is passed or returned, `reason` why it was returned."""

    identifier: str
    state: str
    reason: str | None
    decided_at: datetime


def review_queue(
    deps: Deps, staff: Principal, limit: int, cursor: str | None = None
) -> tuple[list[AwaitingReview], str | None]:
    """What waits for the staff member's unit, the oldest first, and the next cursor.

    Raises Invalid (`invalid_cursor`).
    """
    statement = _waiting(staff).where(Licence.id > number_of_cursor(cursor))
    with deps.db.read() as tx:
        rows = tx.execute(statement.order_by(Licence.id).limit(limit + 1)).all()
        names = _names(tx, deps.vault, [row.id for row in rows])
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return [_entry(deps.vault, row, names[row.id]) for row in rows[:limit]], next_cursor


def count_in_review(deps: Deps, staff: Principal) -> int:
    """How many licences wait for the staff member's unit."""
    waiting = (
        select(func.count())
        .select_from(Licence)
        .where(AWAITS_REVIEW, Licence.unit_id == staff.unit_id)
    )
    with deps.db.read() as tx:
        return tx.execute(waiting).scalar_one()


def awaiting_review(
    deps: Deps, staff: Principal, identifier: str
) -> tuple[AwaitingReview, list[HeldField]]:
    """One licence of the queue with its face; NotFound for any that does not wait for this unit."""
    statement = _waiting(staff).where(
        Licence.identifier_index == deps.vault.index(identifier, IDENTIFIER)
    )
    with deps.db.read() as tx:
        row = tx.execute(statement).one_or_none()
        if row is None:
            raise _not_waiting()
        names = _names(tx, deps.vault, [row.id])
        fields = face_fields(tx, deps.vault, row.id, row.fields)
    return _entry(deps.vault, row, names[row.id]), fields


def decide_review(
    deps: Deps, staff: Principal, identifier: str, decision: str, reason: str, now: datetime
) -> Reviewed:
    """Pass a licence, which issues it, or return it; `reason` is needed for that alone.

    The same decision once more gives the same answer. Raises NotFound (none of this unit that came
    in for review), Invalid (`reason_required`), Conflict (`already_reviewed`; `own_licence`: who sent it in
    may only return it; `stale_version`: a
    newer version was issued meanwhile, so that this one can only be returned).
    """
    if decision == "return" and not reason:
        raise Invalid("reason：退回须写明理由。", "reason_required")
    with deps.db.begin() as tx:
        row = _locked(tx, deps.vault, staff, identifier)
        if row.review_state == "waiting":
            _decide(tx, deps.vault, staff, row, decision, reason, now)
            decided_at, told = now, reason if decision == "return" else None
        else:
            made = tx.execute(
                select(LicenceReview).where(LicenceReview.licence_id == row.id)
            ).one_or_none()
            if made is None or made.decision != decision:
                raise Conflict("这份证照已经审核过，请刷新后查看。", "already_reviewed")
            decided_at, told = made.decided_at, opened_reason(deps.vault, made.reason_sealed)
    if decision == "pass":
        issue(deps, row.id, now)  # a crash before this leaves it to the worker's sweep
    return Reviewed(identifier, "passed" if decision == "pass" else "returned", told, decided_at)


def opened_reason(vault: Vault, sealed: bytes | None) -> str | None:
    """Why a licence was returned, None for what was not."""
    return None if sealed is None else vault.open(sealed, REVIEW_REASON)


def _decide(
    tx: Connection,
    vault: Vault,
    staff: Principal,
    row: AnyRow,
    decision: str,
    reason: str,
    now: datetime,
) -> None:
    if decision == "pass" and row.staff_id == staff.id:
        raise Conflict("您自己报送的证照，须由本单位另一人审核通过。", "own_licence")
    if decision == "pass" and row.superseded_at is not None:
        raise Conflict("此证照已签发更新的版本，这一版只能退回。", "stale_version")
    tx.execute(
        update(Licence)
        .where(Licence.id == row.id)
        .values(review_state="passed" if decision == "pass" else "returned")
    )
    sealed = vault.seal(reason, REVIEW_REASON) if decision == "return" else None
    tx.execute(
        insert(LicenceReview),
        {
            "licence_id": row.id,
            "staff_id": staff.id,
            "decision": decision,
            "reason_sealed": sealed,
            "decided_at": now,
        },
    )
    audit.record(
        tx,
        "licence.reviewed",
        now,
        licence=row.id,
        staff=staff.id,
        unit=row.unit_id,
        type=row.type_code,
        version=row.version,
        decision=decision,
    )


def _locked(tx: Connection, vault: Vault, staff: Principal, identifier: str) -> AnyRow:
    statement = (
        select(Licence, LicenceType.code.label("type_code"))
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .where(
            Licence.identifier_index == vault.index(identifier, IDENTIFIER),
            Licence.unit_id == staff.unit_id,
            Licence.review_state.is_not(None),
        )
    )
    row = tx.execute(statement).one_or_none()
    if row is None:
        raise _not_waiting()
    lock_number(tx, row.type_id, row.unit_id, row.number_index)
    return tx.execute(statement).one()


def _waiting(staff: Principal) -> AnySelect:
    return (
        select(
            Licence.id,
            Licence.identifier_sealed,
            Licence.number_sealed,
            Licence.version,
            Licence.received_at,
            LicenceType.code,
            LicenceType.name,
            LicenceType.fields,
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .where(AWAITS_REVIEW, Licence.unit_id == staff.unit_id)
    )


def _names(tx: Connection, vault: Vault, licence_ids: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    for row in tx.execute(
        select(LicenceHolder.licence_id, LicenceHolder.name_sealed)
        .where(LicenceHolder.licence_id.in_(licence_ids))
        .order_by(LicenceHolder.licence_id, LicenceHolder.position)
    ):
        names[row.licence_id].append(vault.open(row.name_sealed, HOLDER_NAME))
    return names


def _entry(vault: Vault, row: AnyRow, names: Sequence[str]) -> AwaitingReview:
    return AwaitingReview(
        identifier=vault.open(row.identifier_sealed, IDENTIFIER),
        type_code=row.code,
        type_name=row.name,
        number=vault.open(row.number_sealed, NUMBER),
        version=row.version,
        holders=names,
        received_at=row.received_at,
    )


def _not_waiting() -> NotFound:
    return NotFound("没有等待本单位审核的这份证照，请刷新后再看。")
