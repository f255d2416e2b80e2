"""An assisted session in its holder's history: that it began, and each act in it (M-21).

Staff who begin one see what the person holds, so it is a look-up like those of desks, and told as they are. A delegate
is told of none: they are the holder's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert

from wallet.base.database import AnyRow
from wallet.showing.model import LookUp
from wallet.web.principal import Principal

ASSISTANCE: Final = "assistance"
ASSISTED_ACT: Final = "assisted_act"
COPY: Final = "copy"
HAND_OVER: Final = "hand_over"
"""On a receipt beside the acts of `AssistedAct`: a copy was printed, licences were handed to a desk."""
SLIP: Final = "slip"
"""In place of evidence: the session was written on an emergency slip, and entered afterwards."""
ASSISTED_KINDS: Final = (ASSISTANCE, ASSISTED_ACT)


def tell_of_assistance(
    tx: Connection, session: AnyRow, actor: str, matter_sealed: bytes, now: datetime
) -> None:
    """A session has begun. `session` is its row (`Assistance`), `matter_sealed` sealed under `LOOK_UP_CAUSE`."""
    values = _values(session, actor, now)
    values |= {"kind": ASSISTANCE, "detail": session.evidence, "cause_sealed": matter_sealed}
    tx.execute(insert(LookUp), values)


def tell_of_act(
    tx: Connection,
    session: AnyRow,
    actor: str,
    act: str,
    now: datetime,
    licence_id: int | None = None,
) -> None:
    """Something was done in it, with this licence where it was about one."""
    values = _values(session, actor, now)
    values |= {"kind": ASSISTED_ACT, "detail": act, "licence_id": licence_id}
    tx.execute(insert(LookUp), values)


def tell_of_copy_end(
    tx: Connection, principal: Principal, copy: AnyRow, act: str, now: datetime
) -> None:
    """Staff ended a copy by its serial, in no session; `copy` is its row (`Copy`), which stands in place of one."""
    values = {
        "look_up": copy.serial,
        "kind": ASSISTED_ACT,
        "detail": act,
        "at": now,
        "holder_id": copy.holder_id,
        "licence_id": copy.licence_id,
        "unit_id": principal.unit_id,
        "terminal": principal.terminal,
        "actor": principal.account,
    }
    tx.execute(insert(LookUp), values)


def tell_of_slip(
    tx: Connection,
    number: str,
    holder_id: int,
    unit_id: int | None,
    actor: str,
    seen_sealed: bytes,
    seen_at: datetime,
) -> None:
    """This person was served at that time, as a slip of that number says; `seen_sealed` sealed under `LOOK_UP_CAUSE`."""
    values = {
        "look_up": number,
        "kind": ASSISTANCE,
        "at": seen_at,
        "holder_id": holder_id,
        "unit_id": unit_id,
        "terminal": "",
        "actor": actor,
        "detail": SLIP,
        "cause_sealed": seen_sealed,
    }
    tx.execute(insert(LookUp), values)


def _values(session: AnyRow, actor: str, now: datetime) -> dict[str, object]:
    return {
        "look_up": session.id,
        "at": now,
        "holder_id": session.holder_id,
        "unit_id": session.unit_id,
        "terminal": session.terminal,
        "actor": actor,
    }
