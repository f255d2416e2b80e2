"""Suspend, resume or end a licence, as its issuing unit has decided (O-8, M-7).

The status belongs to the licence, not to one of its versions: a version that is still pending takes
it over, and so does each that comes later. What is judged after the commit is judged by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from wallet.base import audit, outbox
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType
from wallet.errors import Conflict, Invalid, NotFound
from wallet.licences.model import IDENTIFIER, Licence
from wallet.licences.status.history import Change, add_change, last_change
from wallet.licences.status.places import note_change
from wallet.licences.status.standing import status_entry, status_on
from wallet.licences.status.transitions import act_of, is_allowed
from wallet.licences.versions import lock_number, of_number
from wallet.web.principal import Principal


@dataclass(frozen=True)
class NewStatus:
    """What the unit has decided: valid, suspended or revoked, and the type's own code for it."""

    status: str
    code: str
    reason: str
    basis: str


@dataclass(frozen=True)
class ChangedStatus:
    """The answer to the issuer. `status` is how the licence stands on that day: one that is
    resumed after its last day is expired. `act` is what was done, a name of `transitions`."""

    identifier: str
    status: str
    code: str
    act: str
    version: int
    changed_at: datetime


def change_status(
    deps: Deps,
    actor: Principal,
    identifier: str,
    new: NewStatus,
    now: datetime,
    seen: int | None = None,
) -> ChangedStatus:
    """Set the status of a licence of the unit of `actor`, a client or staff member. The same once more
    gives the same answer. `seen` is the id of the last change that whoever decided knew of, 0 for none.

    Raises NotFound (none of this unit), Invalid (`status_code`), Conflict (`stale_version`,
    `transition_not_allowed`, `licence_returned`, `changed_meanwhile`).
    """
    with deps.db.begin() as tx:
        row = _licence(tx, deps, actor, identifier)
        entry = _status_code(row.status_codes, new)
        if row.review_state == "returned":
            raise Conflict("此证照在审核中被退回，没有签发，不能变更。", "licence_returned")
        if row.superseded_at is not None:
            raise Conflict("此证照已有新版本，请对新版本作变更。", "stale_version")
        versions = of_number(row.type_id, row.unit_id, row.number_index)
        last = last_change(tx, deps.vault, versions)
        if last is None or not _is_repeated(row, new, last):
            if seen is not None and seen != (last.id if last else 0):
                raise Conflict(
                    "此证照的状态刚刚有了别的变更，请看过最新状态再决定。", "changed_meanwhile"
                )
            last = _change(tx, deps, actor, row, versions, new, entry, now)
    status = status_on(new.status, row.valid_from, row.valid_until, local_day(now))
    return ChangedStatus(identifier, status, last.code, last.act, row.version, last.at)


def _licence(tx: Connection, deps: Deps, actor: Principal, identifier: str) -> AnyRow:
    """The licence and its type, kept from any other change until the transaction ends."""
    statement = (
        select(Licence, LicenceType.code.label("type_code"), LicenceType.status_codes)
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .where(
            Licence.identifier_index == deps.vault.index(identifier, IDENTIFIER),
            Licence.unit_id == actor.unit_id,
        )
    )
    row = tx.execute(statement).one_or_none()
    if row is None:
        raise NotFound("本单位没有签发过这一标识的证照。")
    lock_number(tx, row.type_id, row.unit_id, row.number_index)
    return tx.execute(statement).one()


def _status_code(status_codes: Sequence[Mapping[str, Any]], new: NewStatus) -> Mapping[str, Any]:
    for entry in status_codes:
        if (entry["code"], entry["means"]) == (new.code, new.status) and not entry.get("retired"):
            return entry
    raise Invalid(
        "code：发证目录中这一类型没有此状态代码，或它不是 status 所说的状态。", "status_code"
    )


def _is_repeated(row: AnyRow, new: NewStatus, last: Change) -> bool:
    told = NewStatus(last.status, last.code, last.reason, last.basis)
    return new == told and (row.status, row.status_code) == (last.status, last.code)


def _change(
    tx: Connection,
    deps: Deps,
    actor: Principal,
    row: AnyRow,
    versions: ColumnElement[bool],
    new: NewStatus,
    entry: Mapping[str, Any],
    now: datetime,
) -> Change:
    act = act_of(entry)
    standing = status_on(row.status, row.valid_from, row.valid_until, local_day(now))
    if not is_allowed(act, standing, row.status_code, new.code):
        label = status_entry(row.status_codes, row.status_code, standing)["label"]
        raise Conflict(
            f"此证照现为“{label}”，不能变更为“{entry['label']}”。", "transition_not_allowed"
        )
    current = versions & Licence.superseded_at.is_(None)
    tx.execute(update(Licence).where(current).values(status=new.status, status_code=new.code))
    note_change(tx, select(Licence.id).where(current), now)
    change = Change(act, new.status, new.code, new.reason, new.basis, now)
    origin = {"from_status": standing, "from_code": row.status_code}
    change_id = add_change(tx, deps.vault, row.id, actor, change, **origin)
    told = tx.execute(select(Licence.id).where(current, Licence.issued_at.is_not(None))).scalar()
    if told is not None:  # of what nobody has yet there is no news; it is issued as it then stands
        outbox.put(tx, "licence.status_changed", now, licence=told, change=change_id)
    audit.record(
        tx,
        "licence.status_changed",
        now,
        licence=row.id,
        actor=actor.account,
        unit=row.unit_id,
        type=row.type_code,
        version=row.version,
        act=act,
        **origin,
        to_status=new.status,
        to_code=new.code,
    )
    return change
