"""Who a holder is: from a live session to a Principal, in one query."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import CompoundSelect, Select, select

from wallet.base.database import Day, Id
from wallet.base.deps import Deps
from wallet.base.periods import is_current
from wallet.holders.model import HOLDER_NAME, Account, Holder, Representative
from wallet.web import sessions
from wallet.web.principal import Principal
from wallet.web.sessions import Session

_LIVE_HOLDER: Final = (
    select(
        Session.id, Session.seen_at, Session.authenticated_at, Account.id.label("account_id"),
        Holder.name_sealed, Account.holder_id, Account.frozen_at,
    )
    .join(Account, Account.id == Session.subject_id)
    .join(Holder, Holder.id == Account.holder_id)
    .where(sessions.IS_LIVE, Session.subject_kind == "holder")
)  # fmt: skip


def load_holder(deps: Deps, token: str, now: datetime) -> Principal | None:
    """The holder of a live session, None when it has ended."""
    row = deps.db.row(_LIVE_HOLDER, token_hash=sessions.hash_token(token), now=now)
    if row is None:
        return None
    sessions.touch(deps, "holder", row.id, row.seen_at, now)
    return Principal(
        kind="holder",
        id=row.account_id,
        session=row.id,
        name=deps.vault.open(row.name_sealed, HOLDER_NAME),
        holder_id=row.holder_id,
        authenticated_at=row.authenticated_at,
        frozen_at=row.frozen_at,
    )


NOBODY: Final = 0
"""The account of a principal that stands for one holder alone, who is served and may have none."""


def holders_seen_by(principal: Principal, today: Day) -> Select[int] | CompoundSelect[int]:
    """Subquery: the holders whose records a principal reads: as `holders_of`, or one who is served."""
    if principal.id == NOBODY:
        return select(Holder.id).where(Holder.id == principal.holder_id).correlate(None)
    return holders_of(principal.id, today)


def holders_of(account_id: Id, today: Day) -> CompoundSelect[int]:
    """Subquery: the holders that an account is or acts for on that day."""
    return (
        select(Account.holder_id)
        .where(Account.id == account_id)
        .correlate(None)
        .union_all(
            select(Representative.holder_id)
            .where(
                Representative.account_id == account_id,
                is_current(Representative.starts_on, Representative.ends_on, today),
            )
            .correlate(None)
        )
    )
