"""Freeze (停用亮码): all showings of an account are void at once, also what is asked just now.

So are those of its licences by delegates, and those that it makes as a delegate, for good. What counts
are the account's `frozen_at` and `void_before`, which every judgement reads; nothing is written to a
showing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, literal, select, update

from wallet.base import audit
from wallet.base.deps import Deps
from wallet.holders.model import Account
from wallet.licences.delegations.model import Delegation
from wallet.showing.handle import Shower
from wallet.showing.model import Verification
from wallet.showing.questions import WITHDRAWN, is_over, lapse, void
from wallet.web.principal import Principal
from wallet.web.session_list import end_elsewhere

_OPEN: Final = (
    select(Verification.id, Verification.jti, Verification.at)
    .where(
        # Written out, since no database uses a partial index for a parameter.
        Verification.verdict == literal("pending", literal_execute=True),
        Verification.shower.in_(bindparam("showers", expanding=True)),
    )
    .order_by(Verification.jti)
)


def freeze(deps: Deps, principal: Principal, now: datetime) -> None:
    """Freeze the account; twice is once. Holds for every verification that starts after this."""
    with deps.db.begin() as tx:
        freeze_account(tx, principal, now)


def freeze_account(tx: Connection, principal: Principal, now: datetime) -> bool:
    """As `freeze`, within a transaction; false where it was frozen before."""
    mine = (Account.id == principal.id) & Account.frozen_at.is_(None)
    frozen = tx.execute(update(Account).where(mine).values(frozen_at=now, void_before=now))
    if frozen.rowcount == 0:
        return False
    audit.record(tx, "account.frozen", now, account=principal.id)
    _void_questions(tx, principal, now)
    return True


def unfreeze(deps: Deps, principal: Principal, now: datetime) -> None:
    """Let the account show again, and sign out everywhere else: the lost phone too. Twice is once."""
    with deps.db.begin() as tx:
        unfreeze_account(tx, principal, now)


def unfreeze_account(tx: Connection, principal: Principal, now: datetime) -> bool:
    """As `unfreeze`, within a transaction; false where it was not frozen."""
    mine = (Account.id == principal.id) & Account.frozen_at.is_not(None)
    if tx.execute(update(Account).where(mine).values(frozen_at=None)).rowcount == 0:
        return False
    audit.record(tx, "account.unfrozen", now, account=principal.id)
    end_elsewhere(tx, principal, now)
    return True


def _void_questions(tx: Connection, principal: Principal, now: datetime) -> None:
    """End the questions to the account, and those to its delegates about its licences.

    In the order of their `jti`: two freezes at once wait for each other, and neither for ever.
    """
    delegations = tx.execute(
        select(Delegation.id).where(
            (Delegation.account_id == principal.id) | (Delegation.grantor_id == principal.holder_id)
        )
    ).scalars()
    showers = [Shower(principal.id, delegated=False)]
    showers += [Shower(id, delegated=True) for id in delegations]
    for row in tx.execute(_OPEN, {"showers": [str(shower) for shower in showers]}).all():
        if is_over(row.at, now):
            lapse(tx, row.jti, row.id, row.at, now)
        else:
            void(tx, row.jti, row.id, WITHDRAWN, now, now)
