"""Withdraw a showing (收起): whatever of it was drawn is void, and so is a question that is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from wallet.base import audit
from wallet.base.database import insert_if_new
from wallet.base.deps import Deps
from wallet.showing.model import Claim
from wallet.showing.questions import WITHDRAWN, is_over, lapse, void
from wallet.showing.remembered import notice_restore
from wallet.showing.show import claimed, own_showing
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal did: `claimed` whether it claimed the `jti`, `now` whether it ended anything, `state` what the
    claim's is since."""

    claimed: bool
    now: bool
    state: str


def withdraw(deps: Deps, principal: Principal, showing_id: str, now: datetime) -> None:
    """Withdraw a showing; twice is once, and so is one whose question has ended without a use.

    Raises Conflict (`already_used`) when a desk was first.
    """
    showing = own_showing(deps, principal, showing_id)
    notice_restore(deps, now)
    with deps.db.begin() as tx:
        done = withdraw_jti(tx, showing.jti, now)
        if done.now:
            audit.record(tx, "showing.withdrawn", now, account=showing.account_id, jti=showing.jti)
    conclude(deps, showing.jti, done)


def withdraw_jti(tx: Connection, jti: str, now: datetime) -> Withdrawal:
    """Claim a `jti` as withdrawn, or end the question that is open."""
    won = insert_if_new(tx, Claim, jti=jti, state="withdrawn", at=now, verification_id=None)
    changed = won or _void_question(tx, jti, now)
    state = tx.execute(select(Claim.state).where(Claim.jti == jti)).scalar_one()
    return Withdrawal(won, changed, state)


def conclude(deps: Deps, jti: str, done: Withdrawal) -> None:
    """Once that has been committed. Raises Conflict (`already_used`) where a desk was first."""
    if done.claimed:
        deps.epoch.note(jti)
    if done.state == "used":
        raise claimed(done.state)


def _void_question(tx: Connection, jti: str, now: datetime) -> bool:
    """End the question that is open, if any; whether this withdrawal did."""
    claim = tx.execute(
        select(Claim.verification_id, Claim.at).where(Claim.jti == jti, Claim.state == "pending")
    ).one_or_none()
    if claim is None:
        return False
    asked = str(claim.verification_id)
    if is_over(claim.at, now):
        lapse(tx, jti, asked, claim.at, now)
        return False
    return void(tx, jti, asked, WITHDRAWN, now, now)
