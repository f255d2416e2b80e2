"""Holdings by a code: it is read and checked as a verification reads it, and never consumed.

The code says that its holder is at the desk. Whose licences are looked up follows from the right by
which it is shown: all of the holder's own, what a delegation covers; of an item that asks the
holder nothing but what is in the code; of an annotated copy, by its code or serial, the licence on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select

from verify.codes import LiveCode, PaperCode, read
from verify.verdict import Reason, Refused
from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.catalogue.matters import Matter
from wallet.errors import Conflict
from wallet.holders.sign_in import holders_of
from wallet.licences.entitlement import has_right, rights_within
from wallet.licences.model import Licence, LicenceHolder
from wallet.relying.beyond.refuse import refuse_beyond_grant
from wallet.relying.desks import Desk
from wallet.relying.grants import ItemGrant
from wallet.relying.holdings.found import About, Holdings, held_licences, needs_of, tell
from wallet.relying.holdings.supply import Missing
from wallet.relying.narrow import narrowed
from wallet.relying.paper import accepted_here, read_paper, typed_copy
from wallet.relying.quota import claim_quota
from wallet.relying.sentences import RESTORED, message_of
from wallet.relying.state import State, read_state
from wallet.showing.handle import Shower, open_handle
from wallet.showing.model import HandOver, Verification
from wallet.web.limits import count_code


@dataclass(frozen=True)
class _Refused:
    """Why a code is not answered, and the state that says so where there is one."""

    reason: Reason
    message: str
    state: State | None = None


class _OverQuota(Exception):
    """Rolls back what was counted."""


def look_up_by_code(deps: Deps, desk: Desk, grant: ItemGrant, text: str, now: datetime) -> Holdings:
    """What the library can supply for the item, of whoever shows this code.

    Raises NotPermitted, recorded, for a type beyond the grant or over the quota; Conflict, recorded, with
    the reason of a verdict as its slug; TooMany.
    """
    try:
        code = read(typed_copy(deps, text) or text, deps.keys.public, now.timestamp())
    except Refused as refused:
        with deps.db.begin() as tx:
            _record_refusal(tx, desk, grant, None, refused.reason, now)
        raise Conflict(message_of(refused.reason), refused.reason) from None
    count_code(deps, code.jti)
    if not set(code.types) <= grant.types.keys():
        refuse_beyond_grant(deps, desk, grant.item, code.types, now)
    matter = needs_of(deps, grant)
    try:
        with deps.db.begin() as tx:
            answer = (
                _of_paper(tx, deps, desk, grant, matter, code, now)
                if isinstance(code, PaperCode)
                else _answer(tx, deps, desk, grant, matter, code, now)
            )
            if isinstance(answer, _Refused):
                _record_refusal(tx, desk, grant, code.jti, answer.reason, now)
    except _OverQuota:
        refuse_beyond_grant(deps, desk, grant.item, code.types, now, "quota")
    if isinstance(answer, Holdings):
        return answer
    if answer.state is not None and answer.state.forgotten is not None:
        deps.epoch.notice(deps.db, answer.state.forgotten, now)
    raise Conflict(answer.message, answer.reason)


def _answer(
    tx: Connection,
    deps: Deps,
    desk: Desk,
    grant: ItemGrant,
    matter: Matter,
    code: LiveCode,
    now: datetime,
) -> Holdings | _Refused:
    opened = open_handle(deps.keys, code)
    if opened is None:
        return _Refused("unknown_licence", message_of("unknown_licence"))
    shower, shown = opened
    no_fields = narrowed(grant, (), code.types)
    assert no_fields is not None  # nothing is within every grant
    day, drawn = local_day(now), datetime.fromtimestamp(code.issued_at, UTC)
    state = read_state(tx, deps, code.jti, code.types, shower, shown, no_fields, day, drawn)
    own = state.claim is not None and _is_own(tx, desk, grant, state, now)
    if not own and not claim_quota(tx, map(grant.types.__getitem__, code.types), day):
        raise _OverQuota
    if state.forgotten is not None or state.marks.doubts_code(code.issued_at, now):
        return _Refused("trust_stale", RESTORED, state)
    refused = _against(state, own=own)
    if refused is not None:
        return refused
    granted = list(grant.types.values())
    which, why = _whose(grant, shower, shown, day)
    held = held_licences(tx, deps, which, granted, day, state.marks, shown)
    about = About(shower=shower, jti=code.jti)
    return tell(tx, deps.vault, desk, grant, matter, granted, held, shown, why, about, now)


def _of_paper(
    tx: Connection,
    deps: Deps,
    desk: Desk,
    grant: ItemGrant,
    matter: Matter,
    code: PaperCode,
    now: datetime,
) -> Holdings | _Refused:
    """Of an annotated copy: the one licence that is on it, since whoever brings it may not be its holder."""
    state = read_paper(tx, deps, code, grant, desk.principal.unit_id, now)
    if state is None:
        return _Refused("unknown_licence", message_of("unknown_licence"))
    since = now - timedelta(seconds=numbers.FIELDS_READABLE)
    used = accepted_here(tx, desk, grant, code.jti, since)
    own = used is not None and used.served != "person_mismatch"
    if not own and not claim_quota(tx, map(grant.types.__getitem__, code.types), local_day(now)):
        raise _OverQuota
    if state.reason != "ok" and not (own and state.reason == "already_used"):
        return _Refused(state.reason, state.message or message_of(state.reason, on_paper=True))
    granted, on_it = list(grant.types.values()), state.row.licence_id
    marks = deps.epoch.marks()
    held = held_licences(tx, deps, Licence.id == on_it, granted, local_day(now), marks)
    about = About(jti=code.jti)
    return tell(
        tx, deps.vault, desk, grant, matter, granted, held, (on_it,), "not_on_copy", about, now
    )


def _against(state: State, *, own: bool) -> _Refused | None:
    """As a verification refuses it, but that this desk may ask about what it has just been shown."""
    if state.frozen or (state.claim is not None and state.claim.state == "withdrawn"):
        return _Refused("withdrawn", message_of("withdrawn"))
    if state.reason != "ok":
        return _Refused(state.reason, state.message or message_of(state.reason))
    if state.claim is not None and not own:
        used_at = state.claim.at if state.claim.state == "used" else None
        return _Refused("already_used", message_of("already_used", used_at))
    return None


def _is_own(tx: Connection, desk: Desk, grant: ItemGrant, state: State, now: datetime) -> bool:
    """Whether this desk has used the code for this item so short a time ago that it may still read its
    fields, or has asked its holder; not once it said that the person does not match."""
    assert state.claim is not None
    if abs(now - state.claim.at) > timedelta(seconds=numbers.FIELDS_READABLE):
        return False
    found = tx.execute(
        select(Verification.served).where(
            Verification.id == state.claim.verification_id,
            Verification.desk == desk.key,
            Verification.item_id == grant.item_id,
            Verification.received_at.is_(None),
            Verification.verdict.in_(("accepted", "pending")),
        )
    ).one_or_none()
    return found is not None and found.served != "person_mismatch"


def _whose(
    grant: ItemGrant, shower: Shower, shown: Sequence[int], today: date
) -> tuple[ColumnElement[bool], Missing]:
    """Condition on `Licence`: it may be looked up; and what is said of a type of which none is found."""
    if grant.asks:
        return Licence.id.in_(shown), "not_shown"
    if shower.delegated:
        return has_right(rights_within(shower.id, today)), "not_entrusted"
    mine = (
        select(HandOver.holder_id).where(HandOver.id == shower.id)
        if shower.assisted
        else holders_of(shower.id, today)
    )
    holders = (
        select(LicenceHolder.holder_id)
        .where(LicenceHolder.licence_id.in_(shown), LicenceHolder.holder_id.in_(mine))
        .correlate(None)
    )
    own = select(LicenceHolder.licence_id).where(LicenceHolder.holder_id.in_(holders))
    return Licence.id.in_(own.correlate(None)), "not_held"


def _record_refusal(
    tx: Connection, desk: Desk, grant: ItemGrant, jti: str | None, reason: Reason, now: datetime
) -> None:
    audit.record(
        tx,
        "holdings.refused",
        now,
        actor=desk.principal.account,
        desk=desk.key,
        unit=desk.principal.unit_id,
        item=grant.item,
        jti=jti,
        reason=reason,
    )
