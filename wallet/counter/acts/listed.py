"""The acts of an assisted session as its own staff member sees them, and what stands there to act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from wallet import numbers
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.counter.acts.content import ActContent, masked, read_content
from wallet.counter.acts.in_place_of import known_account
from wallet.counter.acts.model import REASON, AssistedAct, act_state
from wallet.counter.assist import open_assistance
from wallet.errors import Conflict, NotFound
from wallet.licences.delegations.listed import DelegationPage, delegations
from wallet.web.principal import Principal


@dataclass(frozen=True)
class ActView:
    """An act of a session; `state` as in `act_state`, `terminal` where the colleague works who has decided, `reason` why
    it was declined."""

    id: str
    kind: str
    state: str
    content: ActContent
    prepared_at: datetime
    decided_at: datetime | None
    terminal: str | None
    reason: str


@dataclass(frozen=True)
class SessionActs:
    """What was done in a session, in order; `frozen_at` is since when the person's codes are stopped, `may_act` false
    where nothing can be done in the person's place (an organisation, a child)."""

    acts: Sequence[ActView]
    frozen_at: datetime | None
    may_act: bool


def session_acts(
    deps: Deps, principal: Principal, assistance_id: str, now: datetime
) -> SessionActs:
    """Those of an open session of this staff member. Raises NotFound, Conflict (`assistance_ended`)."""
    with deps.db.read() as tx:
        session = open_assistance(tx, principal, assistance_id, now)
        acts = acts_of(tx, deps, session, now)
        try:
            person = known_account(tx, deps, session.holder_id, now)
        except Conflict:
            return SessionActs(acts, None, may_act=False)
    return SessionActs(acts, None if person is None else person.frozen_at, may_act=True)


def session_act(
    deps: Deps, principal: Principal, assistance_id: str, act_id: str, now: datetime
) -> ActView:
    """One of them; raises as `session_acts`."""
    found = session_acts(deps, principal, assistance_id, now).acts
    act = next((one for one in found if one.id == act_id), None)
    if act is None:
        raise NotFound("没有找到这件事，请回到此人的页面重新选择。", "act_unknown")
    return act


def acts_of(tx: Connection, deps: Deps, session: AnyRow, now: datetime) -> list[ActView]:
    """The acts of a session, by its row, in the order in which they were begun."""
    rows = tx.execute(
        select(AssistedAct).where(AssistedAct.assistance_id == session.id).order_by(AssistedAct.id)
    )
    return [
        ActView(
            id=row.public_id,
            kind=row.kind,
            state=act_state(row.outcome, session, now),
            content=_content(deps, row, session, now),
            prepared_at=row.prepared_at,
            decided_at=row.decided_at,
            terminal=row.terminal,
            reason=deps.vault.open(row.reason_sealed, REASON) if row.reason_sealed else "",
        )
        for row in rows
    ]


def _content(deps: Deps, row: AnyRow, session: AnyRow, now: datetime) -> ActContent:
    content = read_content(deps.vault, row.content_sealed)
    waits = act_state(row.outcome, session, now) == "waiting"
    return content if waits else masked(content)


def served_delegations(
    deps: Deps,
    principal: Principal,
    assistance_id: str,
    now: datetime,
    limit: int = numbers.PAGE_LIMIT_MAX,
    cursor: str | None = None,
) -> DelegationPage:
    """A page of the delegations of the served person that count or may yet, given and received.

    Raises NotFound, Conflict (`assistance_ended`, and those of `in_place_of`).
    """
    with deps.db.read() as tx:
        session = open_assistance(tx, principal, assistance_id, now)
        person = known_account(tx, deps, session.holder_id, now)
    if person is None:
        return DelegationPage([], None)
    return delegations(deps, person, now, limit, cursor, living=True, as_person=True)
