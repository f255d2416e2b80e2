"""Take in what a desk judged while it was offline.

Each judgement in its own transaction, in the order of `judge`:

1. an id that is known               told again, nothing done again
2. unit and item                     as in `judge`: recorded, alerted, not consumed
3. the desk's time                   not ahead, and no older than the keys can tell of
4. the code itself                   as it was to be read at that time
5. licence type                      as in `judge`
6. state, in one transaction         what the library knows of that time; the claim of the `jti`,
                                     the verification, its uses and the audit event

Whoever was accepted has been served. So the `jti` is claimed even where the library would have
refused: phone and history must say that it was used. The desk is told of it as a conflict. An item
that asks the holder is one always: without the network nobody can be asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, select

from verify.codes import CLOCK_TOLERANCE, LiveCode, PaperCode, read
from verify.judgements import Finding, Judgement
from verify.verdict import Outcome, Reason, Refused
from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.epoch import Marks
from wallet.catalogue.model import UseItem
from wallet.errors import NotPermitted
from wallet.relying.beyond.refuse import refuse_beyond_grant
from wallet.relying.desks import Desk
from wallet.relying.grants import ItemGrant, grant_for
from wallet.relying.late_use import AGAINST_LATE_USE, claim_late, counted_before
from wallet.relying.paper import count_use, read_paper
from wallet.relying.record import Shown, alert, record_reconciled
from wallet.relying.sentences import finding_message
from wallet.relying.since import licences_since
from wallet.relying.state import Claimed, State, frozen_since, read_state
from wallet.showing.handle import Shower, open_handle
from wallet.showing.model import Verification
from wallet.showing.remembered import notice_restore
from wallet.web.limits import count_report

_ID_TAKEN: Final = "这条记录的编号已被占用，没有再记一次，请联系系统管理员。"


@dataclass(frozen=True)
class _Case:
    """One judgement on its way in: who sends it, for which item, when."""

    deps: Deps
    desk: Desk
    judgement: Judgement
    grant: ItemGrant
    now: datetime


@dataclass(frozen=True)
class _Known:
    """What the library knows: its reason, since when, and what the code showed.

    `repeated`: the use is on record already, from the same desk a moment ago. `claimed` is the
    `jti` that it claimed, `forgotten` are marks of a restore, as in `judge`.
    """

    reason: Reason
    shown: Shown = field(default_factory=Shown)
    since: datetime | None = None
    repeated: bool = False
    claimed: str | None = None
    forgotten: Marks | None = None


class _Taken(Exception):
    """Another request has recorded the same id since this transaction looked."""


def reconcile(
    deps: Deps, desk: Desk, judgements: Sequence[Judgement], now: datetime
) -> list[Finding]:
    """Take in a desk's judgements; gives a finding for each, in the same order.

    Raises TooMany, with none taken in, when the desk tells too fast.
    """
    count_report(deps, f"{desk.principal.account} {desk.terminal}")
    notice_restore(deps, now)
    return [_reconcile(deps, desk, judgement, now) for judgement in judgements]


def _reconcile(deps: Deps, desk: Desk, judgement: Judgement, now: datetime) -> Finding:
    # 1. an id that is known
    recorded = deps.db.row(_RECORDED, id=judgement.id)
    if recorded is not None:
        return _told_again(deps, desk, judgement, recorded, now)
    try:
        return _take_in(deps, desk, judgement, now)
    except NotPermitted as refusal:
        return Finding(judgement.id, None, None, refusal.detail, now, problem="not_permitted")
    except _Taken:
        return _reconcile(deps, desk, judgement, now)


def _take_in(deps: Deps, desk: Desk, judgement: Judgement, now: datetime) -> Finding:
    # 2. unit and item
    timely = is_timely(judgement.judged_at, now)
    at = judgement.judged_at if timely else now
    grant = grant_for(deps, desk.principal, judgement.item, at, desk.address)
    if grant is None:
        refuse_beyond_grant(deps, desk, judgement.item, (), now, at=at)
    case = _Case(deps, desk, judgement, grant, now)

    # 3. the desk's time
    if not timely:
        with deps.db.begin() as tx:
            finding = _record(tx, case, _Known("trust_stale"))
        return _alerted(case, finding)

    # 4. the code itself
    code, unread = _read(deps, judgement)

    # 5. licence type
    if code is not None and not set(code.types) <= grant.types.keys():
        refuse_beyond_grant(deps, desk, judgement.item, code.types, now)

    # 6. state
    with deps.db.begin() as tx:
        known = _Known(unread) if code is None else _know(tx, case, code)
        finding = _record(tx, case, known)
    if known.forgotten is not None:
        deps.epoch.notice(deps.db, known.forgotten, now)
    if known.claimed is not None:
        deps.epoch.note(known.claimed)
    return _alerted(case, finding)


def is_timely(judged_at: datetime, now: datetime) -> bool:
    """Whether a judgement of that time can still be told from what is known now."""
    ahead, age = timedelta(seconds=CLOCK_TOLERANCE), timedelta(seconds=numbers.RECONCILED_WITHIN)
    return now - age <= judged_at <= now + ahead


def _read(deps: Deps, judgement: Judgement) -> tuple[LiveCode | PaperCode | None, Reason]:
    """The code as it was to be read at that time; None, and why, where it was not."""
    try:
        return read(judgement.code, deps.keys.public, judgement.judged_at.timestamp()), "ok"
    except Refused as refused:
        return None, refused.reason


def _time_of(judgement: Judgement, received_at: datetime) -> datetime:
    """The time of a judgement on record: the desk's, unless its clock was wrong beyond doubt."""
    return judgement.judged_at if is_timely(judgement.judged_at, received_at) else received_at


def _know(tx: Connection, case: _Case, code: LiveCode | PaperCode) -> _Known:
    """What the database knows of a code; claims its `jti` for a desk that has served."""
    if isinstance(code, PaperCode):
        return _know_paper(tx, case, code)
    opened = open_handle(case.deps.keys, code)
    if opened is None:
        return _Known("unknown_licence", Shown(code.jti))
    shower, licence_ids = opened
    at = case.judgement.judged_at
    shown_at = datetime.fromtimestamp(code.issued_at, UTC)
    state = read_state(
        tx,
        case.deps,
        code.jti,
        code.types,
        shower,
        licence_ids,
        case.grant,
        local_day(at),
        shown_at,
        at,
    )
    accepted = case.judgement.outcome == "accepted"
    if state.forgotten is not None or state.marks.doubts_code(code.issued_at, case.now):
        # Used before, or not; and whose licences these are is in doubt too, as in `judge`.
        claimed = accepted and claim_late(tx, code.jti, case.judgement, case.now) is None
        return _Known(
            "trust_stale",
            Shown(code.jti),
            claimed=code.jti if claimed else None,
            forgotten=state.forgotten,
        )
    shown = Shown(code.jti, shower, tuple(state.types))
    if not accepted:
        return _Known(state.reason, shown)
    claim = claim_late(tx, code.jti, case.judgement, case.now)
    if claim is not None and _is_same_use(tx, case, claim):
        return _Known("ok", shown, repeated=True)
    frozen = frozen_since(tx, shower, shown_at) if state.frozen else None
    reason, since = _standing(tx, case, shower, state, claim, frozen)
    return _Known(reason, shown, since, claimed=code.jti if claim is None else None)


def _know_paper(tx: Connection, case: _Case, code: PaperCode) -> _Known:
    """What is known of a copy at the time of the judgement; a use that was served is counted."""
    at, unit_id = case.judgement.judged_at, case.desk.principal.unit_id
    state = read_paper(tx, case.deps, code, case.grant, unit_id, case.now, at, lock=True)
    if state is None:
        return _Known("unknown_licence", Shown(code.jti, on_paper=True))
    if case.judgement.outcome != "accepted":
        return _Known(state.reason, state.shown)
    if counted_before(tx, case.desk, case.grant.item_id, code.jti, case.judgement):
        return _Known("ok", state.shown, repeated=True)
    if state.reason == "ok" and not count_use(tx, state.row):
        return _Known("already_used", state.shown)
    since = {"copy_revoked": state.row.revoked_at, "copy_superseded": state.row.superseded_at}
    return _Known(state.reason, state.shown, since.get(state.reason))


def _standing(
    tx: Connection,
    case: _Case,
    shower: Shower,
    state: State,
    claim: Claimed | None,
    frozen: datetime | None,
) -> tuple[Reason, datetime | None]:
    """What speaks against a use at its time, and since when, in the order of `judge`; `ok` if nothing.

    How the licences stand is known for now alone, but for their last day, newer versions and the end
    of a delegation.
    """
    at = case.judgement.judged_at
    if frozen is not None and frozen <= at:
        return "withdrawn", frozen
    if claim is not None and (claim.state == "used" or claim.at <= at):
        return AGAINST_LATE_USE[claim.state], claim.at
    if state.reason == "ok" and case.grant.asks:
        return "consent_expired", None
    return state.reason, licences_since(tx, state.reason, state.rows, shower)


def _is_same_use(tx: Connection, case: _Case, claim: Claimed) -> bool:
    """Whether a use is this very one: the desk had asked, and the answer was lost on its way."""
    apart = abs(case.judgement.judged_at - claim.at)
    if claim.state != "used" or apart > timedelta(seconds=numbers.SAME_DESK_REPEAT):
        return False
    first = tx.execute(
        select(Verification.id).where(
            Verification.id == claim.verification_id,
            Verification.actor == case.desk.principal.account,
            Verification.terminal == case.desk.terminal,
            Verification.item_id == case.grant.item_id,
        )
    ).one_or_none()
    return first is not None


def _record(tx: Connection, case: _Case, known: _Known) -> Finding:
    """Write it all, and give the finding; raises _Taken when another request was first."""
    judgement = case.judgement
    outcome, reason, since = judgement.outcome, judgement.reason, None
    if outcome == "accepted" and known.reason != "ok":
        outcome = "undetermined" if known.reason == "trust_stale" else "refused"
        reason, since = known.reason, known.since
    new = record_reconciled(
        tx,
        case.desk,
        case.grant,
        known.shown,
        judgement,
        outcome,
        reason,
        _time_of(judgement, case.now),
        case.now,
        since=since,
        repeated=known.repeated,
    )
    if not new:
        raise _Taken
    return _finding(judgement, outcome, reason, since, case.now)


def _finding(
    judgement: Judgement,
    outcome: Outcome,
    reason: Reason,
    since: datetime | None,
    checked_at: datetime,
) -> Finding:
    conflict = judgement.outcome == "accepted" != outcome
    return Finding(
        id=judgement.id,
        outcome=outcome,
        reason=reason,
        message=finding_message(outcome, reason, since, conflict=conflict),
        checked_at=checked_at,
        conflict=conflict,
        since=since,
    )


def _alerted(case: _Case, finding: Finding) -> Finding:
    """Warn of a conflict, now that it has been committed."""
    if finding.conflict:
        alert("verification.conflict", case.desk.principal, verification=finding.id)
    return finding


_RECORDED: Final = (
    select(
        Verification.actor, Verification.terminal, Verification.at, Verification.verdict,
        Verification.reason, Verification.offline_reason, Verification.received_at,
        Verification.conflict_since, Verification.jti, UseItem.code.label("item"),
    )
    .join(UseItem, UseItem.id == Verification.item_id)
    .where(Verification.id == bindparam("id"))
)  # fmt: skip


def _told_again(
    deps: Deps, desk: Desk, judgement: Judgement, row: AnyRow, now: datetime
) -> Finding:
    """The finding of a judgement that is on record; nothing of what another desk recorded."""
    told = (row.actor, row.terminal, row.item, row.offline_reason)
    sent = (desk.principal.account, desk.terminal, judgement.item, judgement.reason)
    same = told == sent and row.at == _time_of(judgement, row.received_at)
    code, _ = _read(deps, judgement)
    if not same or row.jti not in (None, code and code.jti):
        return Finding(judgement.id, None, None, _ID_TAKEN, now, problem="id_taken")
    return _finding(judgement, row.verdict, row.reason, row.conflict_since, row.received_at)
