"""A holder types a desk's number, sees whose it is, and sends a showing there and nowhere else.

What arrives is judged like any other code. A number serves a queue: whoever types it within its time
gets through, and the desk takes one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, or_, select, update

from wallet.base import audit
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.errors import Conflict, NotFound
from wallet.organisations.model import Unit
from wallet.relying.desk_numbers.model import DeskNumber, SentShowing
from wallet.showing.model import Claim
from wallet.showing.show import claimed, end_of, own_showing
from wallet.web.limits import count_number
from wallet.web.principal import Principal
from wallet.web.sessions import Session

_TAKES: Final = and_(
    DeskNumber.ends_at > bindparam("now"),
    or_(DeskNumber.session_id.is_(None), Session.id.is_not(None)),
)
"""Condition that a desk still takes what is sent to its number: its clerk has not signed out."""
_LIVE: Final = (
    select(
        DeskNumber.desk, DeskNumber.unit_id, DeskNumber.terminal, DeskNumber.ends_at,
        Unit.name.label("unit"),
    )
    .join(Unit, Unit.id == DeskNumber.unit_id)
    .outerjoin(Session, Session.id == DeskNumber.session_id)
    .where(DeskNumber.number == bindparam("number"), _TAKES)
)  # fmt: skip

_SENT_TO: Final = (
    select(DeskNumber.terminal, DeskNumber.ends_at, Unit.name.label("unit"))
    .join(SentShowing, SentShowing.desk == DeskNumber.desk)
    .join(Unit, Unit.id == DeskNumber.unit_id)
    .outerjoin(Session, Session.id == DeskNumber.session_id)
    .where(SentShowing.jti == bindparam("jti"), _TAKES)
)


@dataclass(frozen=True)
class NumberedDesk:
    """The desk that shows a number: what the holder confirms."""

    unit: str
    terminal: str
    ends_at: datetime


def look_number_up(deps: Deps, principal: Principal, number: str, now: datetime) -> NumberedDesk:
    """Whose number it is; raises NotFound (`desk_number_unknown`), TooMany after many tries."""
    count_number(deps, principal.account)
    with deps.db.read() as tx:
        row = live_number(tx, number, now)
    return NumberedDesk(row.unit, row.terminal, row.ends_at)


def send_to_desk(
    deps: Deps, principal: Principal, showing_id: str, number: str, now: datetime
) -> None:
    """Send a showing to the desk with that number, in the place of any that it was sent to before.

    Raises as `look_number_up`, NotFound for another's showing, and Conflict (`already_used`,
    `withdrawn`, `showing_ended`) for one that has ended, `frozen` of a frozen account.
    """
    count_number(deps, principal.account)
    showing = own_showing(deps, principal, showing_id)
    if principal.frozen_at is not None:
        raise Conflict("您已停用亮码，请先恢复再亮码。", "frozen")
    if now >= end_of(showing):
        raise Conflict("本次亮码已满 10 分钟，请点“再亮一次”。", "showing_ended")
    with deps.db.begin() as tx:
        desk = live_number(tx, number, now).desk
        state = tx.execute(select(Claim.state).where(Claim.jti == showing.jti)).scalar_one_or_none()
        if state is not None:
            raise claimed(state)
        sent = {"desk": desk, "showing_id": showing_id, "sent_at": now}
        put_showing(tx, showing.jti, sent | {"session_id": principal.session})
        audit.record(tx, "showing.sent", now, account=principal.id, jti=showing.jti, desk=desk)


def sent_to(deps: Deps, jti: str, now: datetime) -> NumberedDesk | None:
    """The desk that a showing waits for; None where it was sent nowhere, or has been taken."""
    row = deps.db.row(_SENT_TO, jti=jti, now=now)
    return None if row is None else NumberedDesk(row.unit, row.terminal, row.ends_at)


def put_showing(tx: Connection, jti: str, sent: dict[str, Any]) -> None:
    """Send it there, in the place of where it was sent before; also where that happens twice at once."""
    instead = update(SentShowing).where(SentShowing.jti == jti).values(sent)
    if tx.execute(instead).rowcount == 0 and not insert_if_new(tx, SentShowing, jti=jti, **sent):
        tx.execute(instead)


def live_number(tx: Connection, number: str, now: datetime) -> AnyRow:
    """Desk, unit, terminal and end of a number that is taken just now; raises NotFound (`desk_number_unknown`)."""
    row = tx.execute(_LIVE, {"number": number, "now": now}).one_or_none()
    if row is None:
        raise NotFound("没有这个窗口号，请照窗口屏幕上的 6 位数字再输一遍。", "desk_number_unknown")
    return row
