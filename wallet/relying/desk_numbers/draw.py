"""A desk draws a number, and takes what holders send to it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Delete, bindparam, delete, or_, select

from wallet import numbers
from wallet.base import audit
from wallet.base.database import insert_if_new
from wallet.base.deps import Deps
from wallet.errors import Conflict, Invalid, NotFound, Unavailable
from wallet.relying.desk_numbers.model import DeskNumber, SentShowing
from wallet.relying.desks import Desk, is_same_desk
from wallet.showing.show import next_code_of
from wallet.web.principal import Principal
from wallet.web.sessions import Session

_TRIES: Final = 20
"""Numbers that are drawn before it is given up: with 100,000 desks one in ten is taken."""
_SENT: Final = (
    select(SentShowing.jti, SentShowing.showing_id, Session.id.label("session"))
    .outerjoin(Session, Session.id == SentShowing.session_id)
    .where(SentShowing.desk == bindparam("desk"))
    .order_by(SentShowing.sent_at, SentShowing.jti)
    .limit(1)
)


@dataclass(frozen=True)
class DrawnNumber:
    """A desk's number, as holders type it, and how the desk is named to them."""

    number: str
    unit: str
    terminal: str
    ends_at: datetime
    server_time: datetime


def draw_number(deps: Deps, desk: Desk, now: datetime) -> DrawnNumber:
    """A number for this desk, in the place of the one it had; nobody else has the same.

    Raises Unavailable where nearly all are taken.
    """
    ends_at = now + timedelta(seconds=numbers.DESK_NUMBER_LIFE)
    principal = desk.principal
    values = {
        "desk": desk.key,
        "unit_id": principal.unit_id,
        "terminal": desk.terminal,
        "session_id": principal.session if principal.kind == "staff" else None,
        "ends_at": ends_at,
    }
    with deps.db.begin() as tx:
        for _ in range(_TRIES):
            _let_go(tx, desk, now)  # each time: the desk's other tab may have drawn meanwhile
            number = _random_number()
            if insert_if_new(tx, DeskNumber, number=number, **values):
                account, unit = principal.account, principal.unit_id
                audit.record(tx, "desk_number.drawn", now, actor=account, desk=desk.key, unit=unit)
                return DrawnNumber(number, principal.unit_name, desk.terminal, ends_at, now)
    raise Unavailable("暂时取不到窗口号，请稍后再试，或请持证人出示亮证码。")


def end_number(deps: Deps, principal: Principal, number: str) -> None:
    """Give the number back; raises NotFound for any that is not this desk's."""
    with deps.db.begin() as tx:
        row = tx.execute(
            select(DeskNumber.desk).where(DeskNumber.number == number)
        ).scalar_one_or_none()
        if row is None or not is_same_desk(principal, row):
            raise NotFound("本窗口没有这个窗口号。")
        release_number(tx, row)


def release_number(tx: Connection, desk: str) -> None:
    """Give back the number of the desk with that key, if it has one, with what was sent to it."""
    tx.execute(delete(DeskNumber).where(DeskNumber.desk == desk))
    tx.execute(delete(SentShowing).where(SentShowing.desk == desk))


def take_code(deps: Deps, desk: Desk, now: datetime) -> str | None:
    """The next code that a holder has sent to this desk, once, as it would be scanned just now.

    None where nothing waits. A showing that has ended meanwhile is passed over: its phone says why; one
    whose holder has signed out since is too.
    """
    while (sent := deps.db.row(_SENT, desk=desk.key)) is not None:
        with deps.db.begin() as tx:
            taken = tx.execute(delete(SentShowing).where(SentShowing.jti == sent.jti))
        if taken.rowcount != 1:
            continue  # this desk's other tab, or the holder has sent it elsewhere
        if sent.session is None:
            continue
        try:
            return next_code_of(deps, sent.showing_id, now).text
        except (Conflict, Invalid, NotFound):
            continue
    return None


def _let_go(tx: Connection, desk: Desk, now: datetime) -> None:
    """Delete this desk's number, and those whose time is over with what was sent to them."""
    for deletion in let_go(desk.key, now):
        tx.execute(deletion)


def let_go(desk: str, now: datetime) -> tuple[Delete, Delete]:
    """The deletions that `draw_number` begins with; each row is found by an index."""
    long_ago = now - timedelta(seconds=numbers.SHOWING_LIFE)
    return (
        delete(DeskNumber).where(or_(DeskNumber.desk == desk, DeskNumber.ends_at <= now)),
        delete(SentShowing).where(SentShowing.sent_at <= long_ago),
    )


def _random_number() -> str:
    digits = numbers.DESK_NUMBER_DIGITS
    return f"{secrets.randbelow(10**digits):0{digits}}"
