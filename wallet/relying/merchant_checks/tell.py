"""Tell a platform that a licence of a list has changed: which line, and the new answer, nothing else.

A change of a licence is held against the lines that found it. Those whose answer is another one now become messages
of their own, which tell how it stands when they are sent. An answer that is the same is not told again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import orjson
from sqlalchemy import Connection, bindparam, exists, func, select, update
from sqlalchemy.orm import aliased

from wallet.base import audit, outbox
from wallet.base.clock import rfc3339
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.dispatches import (
    ClaimedDispatch,
    NewDispatch,
    Outcome,
    add_dispatches,
    waiting_destinations,
)
from wallet.base.outbox import Message
from wallet.base.webhooks import Request, Sender, read_answer
from wallet.licences.model import Licence
from wallet.relying.merchant_checks.answer import look_up
from wallet.relying.merchant_checks.match import STANDING, stands
from wallet.relying.merchant_checks.model import (
    REF,
    SECRET,
    WEBHOOK,
    MerchantCheck,
    MerchantLine,
    MerchantSubscription,
)
from wallet.relying.merchant_checks.scope import CHECKS, grant_of, types_of

TOPIC: Final = "merchant_check.changed"
"""Messages that a line of a list has another answer: `check`, its public id, and `line`."""
_DESTINATION: Final = "merchant-check:"
_KNOWN: Final = func.coalesce(MerchantLine.told, MerchantLine.answer).label("known")
_TOLD: Final = (
    update(MerchantLine)
    .where(
        MerchantLine.check_id == bindparam("of_check"), MerchantLine.line == bindparam("of_line")
    )
    .values(told=bindparam("said"))
)


def destination_of(check: str) -> str:
    """The name in the queue of whoever is told of a list."""
    return f"{_DESTINATION}{check}"


def note_changes(tx: Connection, deps: Deps, messages: Sequence[Message], now: datetime) -> None:
    """Find the lines to whose answer these messages of licences make a difference."""
    listens = exists().where(MerchantSubscription.ends_at > now)
    if not tx.execute(select(listens)).scalar_one():
        return
    lines = tx.execute(_lines_of([message.payload["licence"] for message in messages], now)).all()
    standing = stands(deps, lines, now) if lines else {}
    by_check: dict[int, list[AnyRow]] = defaultdict(list)
    for line in lines:
        if line.known != _answer(standing[line.id]):
            by_check[line.check_id].append(line)
    for check_id, changed in sorted(by_check.items()):
        check = _check(tx, check_id)
        grant = grant_of(tx, check, now)
        granted = types_of(check, grant) if grant else []
        told = [line for line in changed if line.type_id in granted]
        if told:
            _note(tx, check, told, standing, now)


def queue_told(tx: Connection, deps: Deps, messages: Sequence[Message], now: datetime) -> None:
    """Put what is to be told into the queue of the platform, in order for each line."""
    del deps
    add_dispatches(
        tx,
        [
            NewDispatch(
                message,
                destination_of(message.payload["check"]),
                f"{message.payload['check']} {message.payload['line']}",
            )
            for message in messages
        ],
        now,
    )


def platform_webhooks(deps: Deps) -> Mapping[str, Sender]:
    """How to send to each webhook for which something waits, by destination."""
    with deps.db.read() as tx:
        waiting = waiting_destinations(tx, _DESTINATION)
        if not waiting:
            return {}
        rows = tx.execute(
            select(MerchantSubscription, MerchantCheck.public_id)
            .join(MerchantCheck, MerchantCheck.id == MerchantSubscription.check_id)
            .where(
                MerchantCheck.public_id.in_([name.removeprefix(_DESTINATION) for name in waiting])
            )
        ).all()
    return {destination_of(row.public_id): _sender(deps, row) for row in rows}


def _sender(deps: Deps, row: AnyRow) -> Sender:
    url = deps.vault.open(row.webhook_sealed, WEBHOOK)
    request = partial(_request, url, deps.vault.open(row.secret_sealed, SECRET))
    # A platform names the address: it must not lead into our own network.
    return Sender(url, request, public=not deps.config.demo)


def _request(
    url: str, secret: str, deps: Deps, dispatch: ClaimedDispatch, now: datetime
) -> Request | Outcome:
    check, number = dispatch.payload["check"], dispatch.payload["line"]
    with deps.db.read() as tx:
        line = tx.execute(
            select(MerchantLine.check_id, MerchantLine.ref_sealed, *STANDING)
            .join(MerchantCheck, MerchantCheck.id == MerchantLine.check_id)
            .join(Licence, Licence.id == MerchantLine.licence_id)
            .where(MerchantCheck.public_id == check, MerchantLine.line == number)
        ).one_or_none()
        if line is None:
            return Outcome("refused", "check_deleted")
        row = _check(tx, line.check_id)
        grant = grant_of(tx, row, now)
        if grant is None or line.type_id not in types_of(row, grant):
            return Outcome("refused", "grant_over")
    ref = None if line.ref_sealed is None else deps.vault.open(line.ref_sealed, REF)
    answer = _answer(stands(deps, [line], now)[line.id])
    data = {"check": check, "line": number, "ref": ref, "answer": answer}
    body = {"type": TOPIC, "timestamp": rfc3339(now), "data": data}
    return Request(url, orjson.dumps(body), secret, read=read_answer)


def _lines_of(licences: Sequence[int], now: datetime) -> AnySelect:
    """The lines of lists with a subscription that found any version of these licences."""
    changed = aliased(Licence)
    return (
        select(*STANDING, MerchantLine.check_id, MerchantLine.line, _KNOWN)
        .select_from(changed)
        .join(
            Licence,
            (Licence.type_id == changed.type_id)
            & (Licence.unit_id == changed.unit_id)
            & (Licence.number_index == changed.number_index),
        )
        .join(MerchantLine, MerchantLine.licence_id == Licence.id)
        .join(MerchantSubscription, MerchantSubscription.check_id == MerchantLine.check_id)
        .where(changed.id.in_(set(licences)), MerchantSubscription.ends_at > now)
        .order_by(MerchantLine.check_id, MerchantLine.line)
        .distinct()
    )


def _check(tx: Connection, check_id: int) -> AnyRow:
    return tx.execute(CHECKS.where(MerchantCheck.id == check_id)).one()


def _note(
    tx: Connection,
    check: AnyRow,
    lines: Sequence[AnyRow],
    standing: Mapping[int, bool],
    now: datetime,
) -> None:
    """Keep what is told of these lines now, in the history of whoever holds their licences too."""
    values: list[dict[str, Any]] = [
        {"of_check": check.id, "of_line": line.line, "said": _answer(standing[line.id])}
        for line in lines
    ]
    tx.execute(_TOLD, values)
    licences = sorted({line.id for line in lines})
    look_up(tx, check, licences, now)
    outbox.put_all(
        tx, TOPIC, now, [{"check": check.public_id, "line": line.line} for line in lines]
    )
    audit.record(
        tx,
        "merchant_check.told",
        now,
        check=check.id,
        actor=f"client:{check.client_id}",
        unit=check.unit_id,
        item=check.item,
        licences=licences,
    )


def _answer(stands: bool) -> str:
    return "match" if stands else "changed"
