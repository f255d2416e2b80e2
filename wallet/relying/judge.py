"""Judge a code that a desk was shown.

1. unit and item                     403 before anything of the code is read
2. the code itself                   `verify.codes.read`, also by a typed serial; one of another region goes to `federation`
3. licence type and fields           403, the code not consumed
4. quota and state, in one           403 over the quota; then a restore, freeze, withdrawal, use, licence, consent; the claim of
   transaction                       the `jti`, the verification, its uses and the audit event

No record, no answer: whatever is answered has been committed. Where the item asks the holder, the
first scan claims the `jti` as pending, and `relying.consent` goes on when the holder answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from verify.codes import LiveCode, PaperCode, read
from verify.verdict import Outcome, Reason, Refused, Verdict, WantedFields
from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.relying.beyond.refuse import refuse_beyond_grant
from wallet.relying.desks import Desk
from wallet.relying.federation.judge_foreign import NOT_OURS, judge_foreign
from wallet.relying.grants import grant_for, within
from wallet.relying.narrow import narrowed
from wallet.relying.paper import judge_paper, typed_copy
from wallet.relying.quota import claim_quota
from wallet.relying.reading import fields_of, granted_licences
from wallet.relying.record import (
    Shown,
    new_verification_id,
    record_judged,
    record_verification,
)
from wallet.relying.sentences import RESTORED
from wallet.relying.state import Claimed, State, read_claim, read_state
from wallet.relying.verdicts import Case, Recorded, refuse, verdict_of
from wallet.showing.handle import open_handle
from wallet.showing.model import Claim, Use, Verification
from wallet.showing.questions import Ending, is_over, lapse, void
from wallet.web.limits import count_code


class _OverQuota(Exception):
    """Rolls back what was counted."""


def judge(
    deps: Deps,
    desk: Desk,
    text: str,
    item: str,
    now: datetime,
    wanted: WantedFields | None = None,
) -> Verdict:
    """Judge a code for an item; `wanted` asks for fewer fields than the grant has.

    Raises NotPermitted, recorded, when that is beyond the grant; TooMany when this code comes
    again and again.
    """
    # 1. unit and item
    grant = grant_for(deps, desk.principal, item, now, desk.address)
    if grant is None:
        refuse_beyond_grant(deps, desk, item, (), now)
    case = Case(deps, desk, grant, now)

    # 2. the code itself, or the serial on a copy
    try:
        code = read(typed_copy(deps, text) or text, deps.keys.public, now.timestamp())
    except Refused as refused:
        if refused.reason in NOT_OURS:
            foreign = judge_foreign(deps, desk, grant, text, now, wanted)
            if foreign is not None:
                return foreign
        with deps.db.begin() as tx:
            return refuse(tx, case, Shown(), refused.reason).verdict
    count_code(deps, code.jti)

    # 3. licence type and fields
    if not set(code.types) <= grant.types.keys():
        refuse_beyond_grant(deps, desk, item, code.types, now)
    asked = narrowed(grant, wanted, code.types)
    if asked is None:
        refuse_beyond_grant(deps, desk, item, code.types, now, "fields")
    case = replace(case, grant=asked)

    # 4. quota and state
    try:
        with deps.db.begin() as tx:
            if not claim_quota(tx, map(grant.types.__getitem__, code.types), local_day(now)):
                raise _OverQuota
            recorded = _judge_state(tx, case, code)
    except _OverQuota:
        refuse_beyond_grant(deps, desk, item, code.types, now, "quota")
    if recorded.forgotten is not None:
        deps.epoch.notice(deps.db, recorded.forgotten, now)
    if recorded.claimed is not None:
        deps.epoch.note(recorded.claimed)
    licences = granted_licences(deps.vault, recorded.rows, local_day(now))
    return replace(recorded.verdict, licences=licences)


def _judge_state(tx: Connection, case: Case, code: LiveCode | PaperCode) -> Recorded:
    if isinstance(code, PaperCode):
        return judge_paper(tx, case, code)
    opened = open_handle(case.deps.keys, code)
    if opened is None:
        return refuse(tx, case, Shown(code.jti), "unknown_licence")
    shower, licence_ids = opened
    day = local_day(case.now)
    shown_at = datetime.fromtimestamp(code.issued_at, UTC)
    state = read_state(
        tx, case.deps, code.jti, code.types, shower, licence_ids, case.grant, day, shown_at
    )
    if state.forgotten is not None or state.marks.doubts_code(code.issued_at, case.now):
        # Whose licences these are is in doubt too: a restored database may give ids anew.
        recorded = refuse(tx, case, Shown(code.jti), "trust_stale", message=RESTORED)
        return replace(recorded, forgotten=state.forgotten)
    return _judge_shown(tx, case, code, Shown(code.jti, shower, tuple(state.types)), state)


def _judge_shown(
    tx: Connection, case: Case, code: LiveCode, shown: Shown, state: State
) -> Recorded:
    if state.frozen:
        return refuse(tx, case, shown, "withdrawn")
    claim = state.claim
    if claim is None and state.reason != "ok":
        return refuse(tx, case, shown, state.reason, message=state.message)
    verification_id = new_verification_id()
    if claim is None:
        won = insert_if_new(
            tx,
            Claim,
            jti=code.jti,
            state="pending" if case.grant.asks else "used",
            at=case.now,
            verification_id=verification_id,
        )
        if not won:  # another desk claimed it since this transaction read
            claim = read_claim(tx, code.jti)
    if claim is not None:
        return _judge_claimed(tx, case, shown, state, claim)
    return _accept_or_ask(tx, case, shown, state, verification_id)


def _judge_claimed(
    tx: Connection, case: Case, shown: Shown, state: State, claim: Claimed
) -> Recorded:
    """A code that somebody has scanned or withdrawn; the desk that scanned it may have its first
    answer again, or what has become of it.

    A use that the desk told of afterwards gave no fields, and its time is the desk's own word.
    """
    if claim.state == "withdrawn":
        return refuse(tx, case, shown, "withdrawn")
    if claim.state == "pending":
        return _judge_pending(tx, case, shown, state, claim)
    # Of two at once the first to be recorded may be the one that came later.
    recent = abs(case.now - claim.at) <= timedelta(seconds=numbers.SAME_DESK_REPEAT)
    if recent and (state.reason == "ok" or claim.state != "used"):
        first = _own_verification(tx, case, claim)
        if first:
            return _repeat(tx, case, shown, state, claim, first)
    used_at = claim.at if claim.state == "used" else None
    return refuse(tx, case, shown, "already_used", used_at=used_at)


def _judge_pending(
    tx: Connection, case: Case, shown: Shown, state: State, claim: Claimed
) -> Recorded:
    """A code whose holder was asked: its desk hears that again, as long as the question is open."""
    asked = str(claim.verification_id)
    if is_over(claim.at, case.now):
        lapse(tx, str(shown.jti), asked, claim.at, case.now)
        return _judge_claimed(tx, case, shown, state, read_claim(tx, str(shown.jti)))
    first = _own_verification(tx, case, claim)
    if not first:
        return refuse(tx, case, shown, "already_used")
    if state.reason != "ok":
        ending = Ending("refused", "refused", state.reason)
        void(tx, str(shown.jti), asked, ending, case.now, case.now)
        return _judge_claimed(tx, case, shown, state, read_claim(tx, str(shown.jti)))
    return _repeat(tx, case, shown, state, claim, first)


def _own_verification(tx: Connection, case: Case, claim: Claimed) -> Sequence[AnyRow]:
    """Verdict and reason of the verification that has the claim, with each licence and what was given
    of it; empty unless it is this desk's and item's."""
    return tx.execute(
        select(Verification.verdict, Verification.reason, Use.licence_id, Use.fields)
        .join(Use, Use.verification_id == Verification.id)
        .where(
            Verification.id == claim.verification_id,
            Verification.desk == case.desk.key,
            Verification.item_id == case.grant.item_id,
            Verification.received_at.is_(None),
        )
    ).all()


def _accept_or_ask(
    tx: Connection, case: Case, shown: Shown, state: State, verification_id: str
) -> Recorded:
    outcome: Outcome = "pending" if case.grant.asks else "accepted"
    reason: Reason = "consent_pending" if case.grant.asks else "ok"
    fields = {id: case.grant.types[number].fields for id, number in state.types.items()}
    record_verification(
        tx, case.desk, case.grant, shown, verification_id, outcome, reason, fields, case.now
    )
    verdict = verdict_of(case, shown, verification_id, outcome, reason, case.now)
    return Recorded(verdict, () if case.grant.asks else state.rows, claimed=shown.jti)


def _repeat(
    tx: Connection,
    case: Case,
    shown: Shown,
    state: State,
    claim: Claimed,
    first: Sequence[AnyRow],
) -> Recorded:
    """The first answer again, or what has become of it since: never a field that is not on record.

    What the holder agreed to is given where the desk reads its verification, and nowhere else.
    """
    id, outcome, reason = str(claim.verification_id), first[0].verdict, first[0].reason
    record_judged(tx, case.desk, case.grant, shown, id, outcome, reason, case.now, repeated=True)
    verdict = verdict_of(case, shown, id, outcome, reason, claim.at, repeated=True)
    give = outcome == "accepted" and not case.grant.asks
    return Recorded(verdict, _given_before(tx, case, state, first) if give else ())


def _given_before(
    tx: Connection, case: Case, state: State, first: Sequence[AnyRow]
) -> Sequence[AnyRow]:
    """The rows of what was given the first time and is wanted now."""
    now_asked = {id: case.grant.types[number].fields for id, number in state.types.items()}
    again = {use.licence_id: within(now_asked[use.licence_id], use.fields) for use in first}
    if again == now_asked:
        return state.rows
    return [row for id, keys in again.items() for row in tx.execute(fields_of(id, keys)).all()]
