"""Consent: the holder answers whether a desk may see what it asks for.

After the answer freeze, licences and grant are read again, in the transaction that ends the
question: what has changed since the scan counts. Fields leave only where the desk then reads its
verification (`reading`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from verify.verdict import Reason
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.epoch import Marks
from wallet.catalogue.model import LicenceType, UseItem
from wallet.errors import Conflict
from wallet.licences.model import Licence
from wallet.relying.grants import ItemGrant, grant_within
from wallet.relying.state import State, read_state
from wallet.showing.handle import Showing
from wallet.showing.model import Claim, Use, Verification
from wallet.showing.questions import REFUSED, Ending, end, is_over, lapse
from wallet.showing.show import own_showing
from wallet.web.principal import Principal

_ALLOWED: Final = Ending("used", "accepted", "ok")
_ENDED: Final = {
    "not_asked": "窗口没有询问，不用确认。",
    "consent_expired": "已超过 90 秒，本次没有出示，请点“再亮一次”。",
    "consent_refused": "您已选择不允许，如要出示，请点“再亮一次”。",
    "withdrawn": "此码已收回，请点“再亮一次”。",
    "already_used": "此码已用过，请点“再亮一次”。",
}
"""Why there is nothing to answer any more, by slug."""


@dataclass(frozen=True)
class _Answered:
    """How a question ended by an answer: `fields` maps a licence to the keys that are given,
    `forgotten` are marks that the database should know and does not."""

    ending: Ending
    fields: Mapping[int, Sequence[str]] = field(default_factory=dict)
    forgotten: Marks | None = None


@dataclass(frozen=True)
class SaidBy:
    """Who answers: the audit event of it, and its fields that say who."""

    event: str
    told: Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """What was asked, None where nothing was, and what came of the answer, None where the question had ended."""

    asked: AnyRow | None
    answered: _Answered | None = None


def answer(
    deps: Deps, principal: Principal, showing_id: str, now: datetime, *, allow: bool
) -> None:
    """Answer the question that a desk has put to a showing; the same answer twice is once.

    An answer that is in time is recorded, whatever then comes of it: the state of the showing tells.
    Raises NotFound, and Conflict (`not_asked`, `consent_expired`, `consent_refused`, `withdrawn`,
    `already_used`) where the question has ended otherwise.
    """
    showing = own_showing(deps, principal, showing_id)
    said_by = SaidBy("consent.answered", {"account": showing.account_id})
    with deps.db.begin() as tx:
        said = say(tx, deps, showing, said_by, now, allow=allow)
    conclude(deps, said, now, allow=allow)


def say(
    tx: Connection, deps: Deps, showing: Showing, said_by: SaidBy, now: datetime, *, allow: bool
) -> Said:
    """Answer the question to this showing, if it is open; once that has been committed, `conclude`."""
    asked = tx.execute(_ASKED, {"jti": showing.jti}).one_or_none()
    if asked is None or asked.state != "pending":
        return Said(asked)
    answered = _answer(tx, deps, showing, asked, said_by, now, allow=allow)
    if answered is None:  # its time is over, or somebody else has just ended it
        asked = tx.execute(_ASKED, {"jti": showing.jti}).one()
    return Said(asked, answered)


def conclude(deps: Deps, said: Said, now: datetime, *, allow: bool) -> None:
    """Raises as `answer` where the question had ended otherwise."""
    if said.answered is None:
        _check_same(said.asked, allow=allow)
    elif said.answered.forgotten is not None:
        deps.epoch.notice(deps.db, said.answered.forgotten, now)


def _answer(
    tx: Connection,
    deps: Deps,
    showing: Showing,
    asked: AnyRow,
    said_by: SaidBy,
    now: datetime,
    *,
    allow: bool,
) -> _Answered | None:
    if is_over(asked.at, now):
        lapse(tx, showing.jti, asked.verification_id, asked.at, now)
        return None
    answered = _allowed(tx, deps, showing, asked, now) if allow else _Answered(REFUSED)
    ending = answered.ending
    if not end(tx, showing.jti, asked.verification_id, ending, now):
        return None
    for licence_id, keys in answered.fields.items():
        tx.execute(_GIVE, {"v": asked.verification_id, "l": licence_id, "keys": list(keys)})
    audit.record(
        tx,
        said_by.event,
        now,
        **said_by.told,
        verification=asked.verification_id,
        jti=showing.jti,
        allow=allow,
        verdict=ending.outcome,
        reason=ending.reason,
        licences=list(showing.licence_ids),
    )
    return answered


def _allowed(
    tx: Connection, deps: Deps, showing: Showing, asked: AnyRow, now: datetime
) -> _Answered:
    """What comes of a yes, as everything stands now."""
    today = local_day(now)
    uses = tx.execute(_ASKED_FOR, {"verification": asked.verification_id}).all()
    types = [use.short_number for use in uses]
    grant = grant_within(tx, asked.unit_id, asked.actor, asked.item, today)
    if grant is None or not set(types) <= grant.types.keys():
        return _refused("withdrawn")
    state = read_state(
        tx, deps, showing.jti, types, showing.shower, showing.licence_ids, grant, today, asked.at
    )
    if state.forgotten is not None or state.marks.doubts_code(asked.at.timestamp(), now):
        ending = Ending("refused", "undetermined", "trust_stale")
        return _Answered(ending, forgotten=state.forgotten)
    reason = _reason(state)
    return _refused(reason) if reason != "ok" else _Answered(_ALLOWED, _given(uses, grant))


def _reason(state: State) -> Reason:
    return "withdrawn" if state.frozen else state.reason


def _refused(reason: Reason) -> _Answered:
    return _Answered(Ending("refused", "refused", reason))


def _given(uses: Sequence[AnyRow], grant: ItemGrant) -> dict[int, list[str]]:
    """What the holder was asked for and the desk may still see."""
    return {
        use.licence_id: [key for key in use.asked if key in grant.types[use.short_number].fields]
        for use in uses
    }


def _check_same(asked: AnyRow | None, *, allow: bool) -> None:
    """Raise Conflict unless the question has ended by the same answer."""
    if asked is None:
        slug = "not_asked"
    elif asked.state == "expired":
        slug = "consent_expired"
    elif asked.state == "withdrawn":
        slug = "withdrawn"
    elif asked.answered_at is None:
        slug = "already_used"
    elif allow == (asked.reason != "consent_refused"):
        return
    else:
        slug = "consent_refused" if allow else "already_used"
    raise Conflict(_ENDED[slug], slug)


_ASKED: Final = (
    select(
        Claim.state, Claim.at, Claim.verification_id, Verification.unit_id,
        Verification.actor, Verification.reason, Verification.answered_at, UseItem.code.label("item"),
    )
    .outerjoin(Verification, Verification.id == Claim.verification_id)
    .outerjoin(UseItem, UseItem.id == Verification.item_id)
    .where(Claim.jti == bindparam("jti"))
)  # fmt: skip
"""What became of a `jti`, and what it was asked for."""

_ASKED_FOR: Final[AnySelect] = (
    select(Use.licence_id, Use.asked, LicenceType.short_number)
    .join(Licence, Licence.id == Use.licence_id)
    .join(LicenceType, LicenceType.id == Licence.type_id)
    .where(Use.verification_id == bindparam("verification"))
)

_GIVE: Final = (
    update(Use)
    .where(Use.verification_id == bindparam("v"), Use.licence_id == bindparam("l"))
    .values(fields=bindparam("keys"))
)
