"""Who a holder is: from a live session to a Principal, in one query."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CompoundSelect, select

from wallet.base.deps import Deps
from wallet.base.periods import is_current
from wallet.holders.model import HOLDER_NAME, Account, Holder, Representative
from wallet.web import sessions
from wallet.web.principal import Principal
from wallet.web.sessions import Session


def load_holder(deps: Deps, token: str, now: datetime) -> Principal | None:
    """The holder of a live session, None when it has ended."""
    statement = (
        select(
            Session.id, Session.seen_at, Account.id.label("account_id"), Holder.name_sealed,
            Account.holder_id,
        )
        .join(Account, Account.id == Session.subject_id)
        .join(Holder, Holder.id == Account.holder_id)
        .where(sessions.is_live(token, now), Session.subject_kind == "holder")
    )  # fmt: skip
    with deps.db.read() as tx:
        row = tx.execute(statement).one_or_none()
    if row is None:
        return None
    sessions.touch(deps, "holder", row.id, row.seen_at, now)
    return Principal(
        kind="holder",
        id=row.account_id,
        session=row.id,
        name=deps.vault.open(row.name_sealed, HOLDER_NAME),
        holder_id=row.holder_id,
    )


def holders_of(account_id: int, today: date) -> CompoundSelect[int]:
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
