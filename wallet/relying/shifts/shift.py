"""What a clerk has done today at a desk, and what is still open there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final

from sqlalchemy import Connection, bindparam, func, literal, select

from wallet.base.clock import SHANGHAI, local_day
from wallet.catalogue.model import UseItem
from wallet.relying.desks import desk_of
from wallet.showing.model import Verification
from wallet.web.principal import Principal

_COUNTS: Final = (
    select(
        Verification.verdict,
        func.count().label("all"),
        func.count(Verification.offline_reason).label("offline"),
        func.count().filter(Verification.served == "person_mismatch").label("mismatches"),
    )
    .where(
        Verification.actor == bindparam("actor"),
        Verification.at >= bindparam("midnight"),
        Verification.terminal == bindparam("terminal"),
    )
    .group_by(Verification.verdict)
)
_OPEN: Final = (
    select(Verification.id, Verification.jti, Verification.at, UseItem.name, UseItem.name_en)
    .join(UseItem, UseItem.id == Verification.item_id)
    .where(
        # Written out, since no database uses a partial index for a parameter.
        Verification.verdict == literal("pending", literal_execute=True),
        Verification.desk == bindparam("desk"),
    )
    .order_by(Verification.at)
)


@dataclass(frozen=True)
class Question:
    """A question to a holder that is open: the verification, its showing, when, for which matter."""

    verification_id: str
    jti: str
    at: datetime
    item: str
    item_en: str | None


@dataclass(frozen=True)
class Shift:
    """How many codes were judged today, by verdict; of them judged `offline`, and `mismatches`, where
    the person was not the one of the licence. `questions` are those that this session has open."""

    accepted: int
    refused: int
    undetermined: int
    offline: int
    mismatches: int
    questions: Sequence[Question]


def read_shift(tx: Connection, principal: Principal, now: datetime) -> Shift:
    """Of a clerk at the desk of the session, on the local day; in whichever session it was done."""
    midnight = datetime.combine(local_day(now), time(), SHANGHAI).astimezone(UTC)
    desk = desk_of(principal, None)
    values = {"actor": principal.account, "terminal": desk.terminal, "midnight": midnight}
    by_verdict = {row.verdict: row for row in tx.execute(_COUNTS, values)}
    counts = {verdict: row.all for verdict, row in by_verdict.items()}
    return Shift(
        accepted=counts.get("accepted", 0),
        refused=counts.get("refused", 0),
        undetermined=counts.get("undetermined", 0),
        offline=sum(row.offline for row in by_verdict.values()),
        mismatches=sum(row.mismatches for row in by_verdict.values()),
        questions=[
            Question(row.id, row.jti, row.at, row.name, row.name_en)
            for row in tx.execute(_OPEN, {"desk": desk.key})
        ],
    )
