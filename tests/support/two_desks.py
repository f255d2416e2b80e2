"""Races of two desks for one showing, and what the library must have kept of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from flask import Flask
from sqlalchemy import func, select

from tests.support.codes import twin
from tests.support.people import sign_in
from tests.support.race import Race
from tests.support.servers import PROCESSES, Answer, DeskSession, session_of
from tests.support.shared import deps_of
from tests.support.showing import FOOD, RENEWAL, claims_of, identifier_of
from wallet.base.audit import AuditEvent
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.holders.model import Account
from wallet.showing.model import Claim, Use, Verification
from wallet.showing.show import LiveCode, next_code, open_showing
from wallet.web.principal import Principal

HOLDER: Final = "holder-li"
DESKS: Final = ("desk-zhao", "desk-qian")


Finding = tuple[str, str, str]
"""Verdict, reason and id of a verification; status, slug and nothing of what is no verdict."""
FAIR: Final = [("accepted", "ok"), ("refused", "already_used")]


@dataclass
class Kept:
    """What the library holds of one showing: `uses` are the verifications that gave out fields."""

    records: list[Finding] = field(default_factory=list)
    events: list[Finding] = field(default_factory=list)
    claims: list[tuple[str, str | None]] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Hall:
    """Who meets: a holder with a licence, and as many desks as there are processes."""

    deps: Deps
    holder: Principal
    identifier: str
    desks: list[DeskSession]


def open_hall(app: Flask) -> Hall:
    """Sign everybody in; each desk is a session of its own."""
    deps = deps_of(app)
    account = select(Account.id, Account.holder_id).where(Account.login == HOLDER)
    with deps.db.read() as tx:
        row = tx.execute(account).one()
    return Hall(
        deps,
        Principal("holder", row.id, 0, "", holder_id=row.holder_id),
        identifier_of(sign_in(app, HOLDER), FOOD),
        [
            session_of(sign_in(app, DESKS[number % len(DESKS)]), number)
            for number in range(PROCESSES)
        ],
    )


def fresh_races(hall: Hall, count: int) -> list[Race]:
    """So many showings, in turns with the texts that two desks may have of one.

    The same text; the text and its twin, whose signature is the other valid form; the text and
    the next one of the showing.
    """
    deps, now = hall.deps, read_clock()
    races = []
    for number, first in enumerate(fresh_showings(hall, count)):
        match number % 3:
            case 0:
                other = first.text
            case 1:
                other = twin(first.text)
            case _:
                later = now + timedelta(seconds=1)
                other = next_code(deps, hall.holder, first.id, later).text
        texts = (first.text, other) if number % 2 else (other, first.text)
        races.append(Race(claims_of(first.text)["jti"], texts, RENEWAL))
    return races


def fresh_showings(hall: Hall, count: int) -> list[LiveCode]:
    """So many showings, each with its first code."""
    now = read_clock()
    return [open_showing(hall.deps, hall.holder, [hall.identifier], now) for _ in range(count)]


def fresh_texts(hall: Hall, count: int) -> list[str]:
    """So many codes, each of a showing of its own."""
    return [showing.text for showing in fresh_showings(hall, count)]


def settle(
    deps: Deps,
    races: Sequence[Race],
    answers: Sequence[tuple[Answer, Answer]],
    events_before: int,
) -> tuple[Counter[str], list[str]]:
    """Count what came of these races, and tell of each that is not as it must be.

    One desk accepts and the other hears `already_used`. The library holds a record and an audit
    event of each answer, one use that gave fields and one claim, both of the desk that accepted.
    `events_before` is `last_event` of before the races.
    """
    kept = kept_of(deps, [one.jti for one in races], events_before)
    counts: Counter[str] = Counter(races=len(races))
    wrong = []
    for one, pair in zip(races, answers, strict=True):
        told = sorted(map(_told, pair))
        outcomes = sorted(answer.outcome for answer in pair)
        winner = told[0][2]
        good = Kept(records=told, events=told, claims=[("used", winner)], uses=[winner])
        if outcomes != FAIR or kept[one.jti] != good:
            wrong.append(f"told {told}, {kept[one.jti]}")
        first, second = sorted(pair, key=lambda answer: answer.began)
        counts.update(
            accepted=outcomes.count(FAIR[0]),
            refused=outcomes.count(FAIR[1]),
            other=sum(outcome not in FAIR for outcome in outcomes),
            records=len(kept[one.jti].records),
            claims=len(kept[one.jti].claims),
            overlapping=second.began < first.ended,
            false_refusals=FAIR[0] not in outcomes,
        )
    return counts, wrong


def last_event(deps: Deps) -> int:
    """The highest id of an audit event."""
    with deps.db.read() as tx:
        return tx.execute(select(func.coalesce(func.max(AuditEvent.id), 0))).scalar_one()


def kept_of(deps: Deps, jtis: Sequence[str], events_before: int) -> defaultdict[str, Kept]:
    """What the library holds of showings; `events_before` is `last_event` of before they began."""
    kept: defaultdict[str, Kept] = defaultdict(Kept)
    with deps.db.read() as tx:
        for claim in tx.execute(select(Claim).where(Claim.jti.in_(jtis))):
            kept[claim.jti].claims.append((claim.state, claim.verification_id))
        used = (
            select(Verification.jti, Verification.id, Verification.verdict, Verification.reason)
            .add_columns(Use.fields)
            .outerjoin(Use, Use.verification_id == Verification.id)
            .where(Verification.jti.in_(jtis))
            .order_by(Verification.verdict)
        )
        for row in tx.execute(used):
            kept[row.jti].records.append((row.verdict, row.reason, row.id))
            if row.fields:
                kept[row.jti].uses.append(row.id)
        judged = select(AuditEvent.fields).where(
            AuditEvent.id > events_before, AuditEvent.name == "verification.judged"
        )
        for (fields,) in tx.execute(judged):
            finding = fields["verdict"], fields["reason"], fields["verification"]
            kept[fields["jti"]].events.append(finding)
    for one in kept.values():
        one.records.sort()
        one.events.sort()
    return kept


def _told(answer: Answer) -> Finding:
    return *answer.outcome, answer.members.get("id", "")
