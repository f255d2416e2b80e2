"""Which uses of a history are asked for, and by which types of licences they may be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true, tuple_, union
from sqlalchemy.orm import InstrumentedAttribute

from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.base.working_days import end_of_day, start_of_day
from wallet.catalogue.model import LicenceType
from wallet.errors import NotFound
from wallet.holders.sign_in import holders_seen_by
from wallet.licences.delegations.listed import visible
from wallet.licences.delegations.model import Delegation, DelegationLicence
from wallet.licences.delivery.model import ASSISTED, LOOKED_UP
from wallet.licences.model import Licence, LicenceHolder
from wallet.showing.handle import Shower
from wallet.showing.model import Use, Verification
from wallet.showing.shown_by import received_delegations, was_shown_under
from wallet.web.principal import Principal

OUTCOMES: Final = ("accepted", "refused", "pending", LOOKED_UP, ASSISTED)
ROLES: Final = ("own", "delegate")
BY: Final = ("me", "others")
_DAYS: Final = (date(1970, 1, 1), date(2999, 12, 31))
"""Between these a day has a beginning and an end that clocks know."""


@dataclass(frozen=True)
class WantedUses:
    """What is asked for; None does not matter.

    `since` and `until` are local days, inclusive; `licence_type` is a type's code; `outcome` (LOOKED_UP for
    look-ups alone, ASSISTED for assisted sessions) and `role` are as in `UseEntry`; `by` says whether this account showed it, or others; `under` is a
    delegation, whichever side of it the account is.
    """

    since: date | None = None
    until: date | None = None
    licence_type: str | None = None
    outcome: str | None = None
    role: str | None = None
    by: str | None = None
    under: str | None = None


@dataclass(frozen=True)
class HistoryType:
    """A licence type that uses in a history may be of."""

    code: str
    name: str
    name_en: str


def wanted_uses(
    tx: Connection, deps: Deps, principal: Principal, now: datetime, wanted: WantedUses
) -> ColumnElement[bool]:
    """Condition on `Use`, `Verification` and `LicenceType`: it is in the account's history, and asked for.

    Raises NotFound for a delegation that is not the account's.
    """
    conditions = [_whose(tx, deps, principal, now, wanted), *on_days(Verification.at, wanted)]
    if wanted.licence_type is not None:
        conditions.append(LicenceType.code == wanted.licence_type)
    if wanted.outcome is not None:
        conditions.append(_outcome(wanted.outcome))
    if wanted.by is not None:
        mine = Verification.shower.in_(showers_of(tx, principal))
        conditions.append(mine if wanted.by == "me" else ~mine)
    return and_(true(), *conditions)


def on_days(
    at: InstrumentedAttribute[datetime], wanted: WantedUses
) -> Iterator[ColumnElement[bool]]:
    """Conditions that a time is within the days that are asked for."""
    if wanted.since is not None:
        yield at >= start_of_day(_known(wanted.since))
    if wanted.until is not None:
        yield at < end_of_day(_known(wanted.until))


def showers_of(tx: Connection, principal: Principal) -> list[str]:
    """What stands on record as `shower` where the account showed something, by whatever right."""
    showers = [Shower(principal.id, delegated=False)]
    showers += [Shower(id, delegated=True) for id in received_delegations(tx, principal)]
    return [str(one) for one in showers]


def history_types(deps: Deps, principal: Principal, now: datetime) -> list[HistoryType]:
    """The types of all licences that the account's history may be of, in the order of the catalogue."""
    own = select(Licence.type_id).join(LicenceHolder, LicenceHolder.licence_id == Licence.id)
    entrusted = (
        select(Licence.type_id)
        .join(DelegationLicence, DelegationLicence.licence_id == Licence.id)
        .join(Delegation, Delegation.id == DelegationLicence.delegation_id)
    )
    types = union(
        own.where(LicenceHolder.holder_id.in_(holders_seen_by(principal, local_day(now)))),
        entrusted.where(Delegation.account_id == principal.id, Delegation.accepted_at.is_not(None)),
    ).subquery()
    rows = deps.db.rows(
        select(LicenceType.code, LicenceType.name, LicenceType.name_en)
        .where(LicenceType.id.in_(select(types.c.type_id)))
        .order_by(LicenceType.short_number)
    )
    return [HistoryType(row.code, row.name, row.name_en) for row in rows]


def is_own(principal: Principal, now: datetime) -> ColumnElement[bool]:
    """Condition on `Use`: the account holds the licence, or acts for who does."""
    return Use.licence_id.in_(
        select(LicenceHolder.licence_id).where(
            LicenceHolder.holder_id.in_(holders_seen_by(principal, local_day(now)))
        )
    )


def _known(day: date) -> date:
    return min(max(day, _DAYS[0]), _DAYS[1])


def _whose(
    tx: Connection, deps: Deps, principal: Principal, now: datetime, wanted: WantedUses
) -> ColumnElement[bool]:
    own = is_own(principal, now)
    if wanted.under is not None:
        mine = visible(deps, principal, now, Delegation.id)
        row = tx.execute(mine.where(Delegation.public_id == wanted.under)).one_or_none()
        if row is None:
            raise NotFound("没有找到这份授权，请返回“授权代办”重新选择。")
        shown = _shown_under([row.id])
        return and_(shown, _role(own, wanted.role))
    if wanted.role == "own":
        return own
    received = received_delegations(tx, principal)
    if wanted.role == "delegate":
        return and_(_shown_under(received), ~own)
    return _any_of(own, _shown_under(received)) if received else own


def _any_of(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """One of these conditions on `Use`, each found by an index of its own: PostgreSQL would hold an OR of
    sets against every use that there is."""
    keys = (Use.verification_id, Use.licence_id)
    found = union(*(select(*keys).where(one).correlate(None) for one in conditions)).subquery()
    return tuple_(*keys).in_(select(*found.c))


def _role(own: ColumnElement[bool], role: str | None) -> ColumnElement[bool]:
    return true() if role is None else own if role == "own" else ~own


def _shown_under(delegations: list[int]) -> ColumnElement[bool]:
    return Use.verification_id.in_(select(Verification.id).where(was_shown_under(delegations)))


def _outcome(outcome: str) -> ColumnElement[bool]:
    """As `UseEntry` has it: what a desk accepted while it was offline was accepted."""
    offline = and_(Verification.offline_reason == "ok", Verification.offline_reason.is_not(None))
    if outcome == "accepted":
        return or_(Verification.verdict == "accepted", offline)
    return and_(Verification.verdict == outcome, ~offline)
