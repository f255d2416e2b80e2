"""Judge an annotated copy 加注件: paper may be used again, unless it is for one use, and each use is counted.

1. the copy by its serial                trust_stale of a database that was just put back, unknown_licence
2. the licence                           copy_superseded, then its status
3. the copy                              copy_revoked, as the database or, after a restore, a list says
4. item and recipient                    wrong_item, wrong_recipient
5. the use                               already_used of one that is for one use

A freeze 停用亮码 is for what a phone shows: paper is revoked by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, or_, select, update

from verify.codes import PaperCode
from verify.verdict import Reason, Verdict
from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.counter.model import TEXT, Copy
from wallet.counter.serial import read_serial
from wallet.licences.model import Licence
from wallet.licences.status.published import is_told_valid, published_against
from wallet.licences.status.standing import REASONS, status_on
from wallet.relying.desks import Desk
from wallet.relying.grants import ItemGrant, within
from wallet.relying.reading import fields_of, with_paper
from wallet.relying.record import Shown, new_verification_id, record_judged, record_verification
from wallet.relying.sentences import message_of
from wallet.relying.verdicts import Case, Recorded, refuse, verdict_of
from wallet.showing.model import Use, Verification
from wallet.showing.remembered import forgotten_marks

_RESTORED: Final = "亮证库刚刚恢复，请稍后再扫，或按传统方式办理。"
_ONCE_RESTORED: Final = "亮证库刚刚恢复，只能使用一次的纸质件暂不能核验，请按传统方式办理。"
_ASKS: Final = "此纸质件不是给本单位或这一事项的，请持证人亮码同意，或按传统方式办理。"
_ACCEPTED: Final = "纸质件有效，这是第 {} 次使用。请核对用途、接收单位和本人。"


@dataclass(frozen=True)
class PaperState:
    """What the database knows of a copy: its row with the licence's, and the first thing that is against it."""

    row: AnyRow
    reason: Reason
    message: str | None = None

    @property
    def shown(self) -> Shown:
        """The copy as it goes on record."""
        return Shown(self.row.serial, licence_ids=(self.row.licence_id,), on_paper=True)


def typed_copy(deps: Deps, text: str) -> str | None:
    """The text of the code on a copy whose serial was typed; None for what is no serial of ours."""
    serial = read_serial(text)
    if serial is None:
        return None
    row = deps.db.row(select(Copy.text_sealed).where(Copy.serial == serial))
    return deps.vault.open(row.text_sealed, TEXT) if row and row.text_sealed else None


def judge_paper(tx: Connection, case: Case, code: PaperCode) -> Recorded:
    """Judge it in the caller's transaction, which counts the use and writes the record."""
    forgotten = forgotten_marks(case.deps)
    if forgotten is not None:
        # What was revoked or used since may be forgotten; the next scan is held against the lists.
        shown = Shown(code.jti, on_paper=True)
        recorded = refuse(tx, case, shown, "trust_stale", message=_RESTORED)
        return replace(recorded, forgotten=forgotten)
    unit_id = case.desk.principal.unit_id
    state = read_paper(tx, case.deps, code, case.grant, unit_id, case.now, lock=True)
    if state is None:
        return refuse(tx, case, Shown(code.jti, on_paper=True), "unknown_licence")
    if state.reason in ("ok", "already_used"):
        since = case.now - timedelta(seconds=numbers.SAME_DESK_REPEAT)
        first = accepted_here(tx, case.desk, case.grant, code.jti, since)
        if first is not None:
            return _repeated(tx, case, code, state, first)
    if state.reason != "ok":
        message = state.message or message_of(state.reason, on_paper=True)
        return refuse(tx, case, state.shown, state.reason, message=message)
    return _accepted(tx, case, code, state)


def read_paper(
    tx: Connection,
    deps: Deps,
    code: PaperCode,
    grant: ItemGrant,
    unit_id: int | None,
    now: datetime,
    at: datetime | None = None,
    *,
    lock: bool = False,
) -> PaperState | None:
    """What is known of a copy for an item and a unit; None where there is no such copy. With `at`, what the copy was
    like at that time; with `lock`, whoever else uses or revokes it waits."""
    query = (
        select(
            Copy,
            Licence.status,
            Licence.valid_from,
            Licence.valid_until,
            Licence.superseded_at,
        )
        .join(Licence, Licence.id == Copy.licence_id)
        .where(Copy.serial == code.jti, Copy.text_sealed.is_not(None))
    )
    row = tx.execute(query.with_for_update(of=Copy) if lock else query).one_or_none()
    if row is None:
        return None
    restored = deps.epoch.marks().unconfirmed_since is not None
    against: tuple[tuple[bool, Reason, str | None], ...] = (
        (row.superseded_at is not None and _by(row.superseded_at, at), "copy_superseded", None),
        *_against_licence(deps, row, local_day(at or now)),
        (row.revoked_at is not None and _by(row.revoked_at, at), "copy_revoked", None),
        (not is_told_valid(deps, code.copy_index), "copy_revoked", None),
        (row.item_id not in (None, grant.item_id), "wrong_item", None),
        (row.recipient_unit_id not in (None, unit_id), "wrong_recipient", None),
        # Nobody is asked on a phone: what the holder agreed to must stand on the paper.
        (grant.asks and row.item_id is row.recipient_unit_id is None, "wrong_recipient", _ASKS),
        (row.single_use and restored, "trust_stale", _ONCE_RESTORED),
        (row.single_use and row.uses > 0 and at is None, "already_used", None),
    )
    for holds, reason, message in against:
        if holds:
            return PaperState(row, reason, message)
    return PaperState(row, "ok")


def _by(when: datetime, at: datetime | None) -> bool:
    return at is None or when <= at


def _against_licence(deps: Deps, row: AnyRow, today: date) -> list[tuple[bool, Reason, str | None]]:
    told = published_against(deps, deps.epoch.marks(), [row.licence_id]).get(row.licence_id)
    status = status_on(row.status, row.valid_from, row.valid_until, today, told)
    if status == "valid":
        return []
    return [(True, "not_yet_valid" if status == "not_yet_valid" else REASONS[status], None)]


def count_use(tx: Connection, row: AnyRow) -> bool:
    """Count a use of a copy that was locked; false where it is for one use and has been used."""
    counted = tx.execute(
        update(Copy)
        .where(Copy.id == row.id, or_(Copy.single_use.is_(False), Copy.uses == 0))
        .values(uses=Copy.uses + 1)
    )
    return bool(counted.rowcount)


def accepted_here(
    tx: Connection, desk: Desk, grant: ItemGrant, serial: str, since: datetime
) -> AnyRow | None:
    """`id`, `at` and `served` of the last acceptance of a copy by this desk for this item since then."""
    return tx.execute(
        select(Verification.id, Verification.at, Verification.served)
        .where(
            Verification.actor == desk.principal.account,
            Verification.at >= since,
            Verification.jti == serial,
            Verification.desk == desk.key,
            Verification.item_id == grant.item_id,
            Verification.verdict == "accepted",
            Verification.received_at.is_(None),
        )
        .order_by(Verification.at.desc())
        .limit(1)
    ).one_or_none()


def _accepted(tx: Connection, case: Case, code: PaperCode, state: PaperState) -> Recorded:
    count_use(tx, state.row)
    verification_id, keys = new_verification_id(), _keys(case, code)
    given = {state.row.licence_id: keys}
    record_verification(
        tx, case.desk, case.grant, state.shown, verification_id, "accepted", "ok", given, case.now
    )
    verdict = verdict_of(case, state.shown, verification_id, "accepted", "ok", case.now)
    rows = tx.execute(fields_of(state.row.licence_id, keys)).all()
    return Recorded(_counted(case.deps, verdict, state.row, state.row.uses + 1), rows)


def _repeated(
    tx: Connection, case: Case, code: PaperCode, state: PaperState, first: AnyRow
) -> Recorded:
    """The first answer again: never a field that is not on record."""
    record_judged(
        tx, case.desk, case.grant, state.shown, first.id, "accepted", "ok", case.now, repeated=True
    )
    verdict = verdict_of(case, state.shown, first.id, "accepted", "ok", first.at, repeated=True)
    given = tx.execute(select(Use.fields).where(Use.verification_id == first.id)).scalar_one()
    rows = tx.execute(fields_of(state.row.licence_id, within(_keys(case, code), given))).all()
    return Recorded(_counted(case.deps, verdict, state.row, state.row.uses), rows)


def _counted(deps: Deps, verdict: Verdict, row: AnyRow, uses: int) -> Verdict:
    """An acceptance with what stands on the copy, and which use of it this is."""
    told = with_paper(deps.vault, verdict, row)
    return replace(told, message=_ACCEPTED.format(uses), uses=uses)


def _keys(case: Case, code: PaperCode) -> Sequence[str]:
    """The fields that the item may see of the one licence on a copy, whose type is within the grant."""
    return case.grant.types[code.types[0]].fields
