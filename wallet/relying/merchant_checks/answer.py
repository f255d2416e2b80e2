"""Answer the lists that wait, a slice of lines in a transaction: killed in the middle, the next goes on behind it.

With the answer goes what was asked: a list names people, and nobody needs it any more.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
import structlog
from sqlalchemy import Connection, bindparam, insert, select, update

from wallet import numbers
from wallet.base import audit
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.encryption import InvalidTag
from wallet.relying.grants import ItemGrant
from wallet.relying.merchant_checks.lines import Asked
from wallet.relying.merchant_checks.match import Matched, match_lines
from wallet.relying.merchant_checks.model import ASKED, MerchantCheck, MerchantLine
from wallet.relying.merchant_checks.scope import CHECKS, grant_of, types_of
from wallet.showing.model import LookUp

_log = structlog.get_logger()
MERCHANT_CHECK: Final = "merchant_check"
"""The kind of a look-up in its holder's history."""
_ID_BYTES: Final = 16
_WAITING: Final[AnySelect] = (
    CHECKS.where(MerchantCheck.finished_at.is_(None)).order_by(MerchantCheck.id).limit(1)
)
_ANSWER: Final = (
    update(MerchantLine)
    .where(
        MerchantLine.check_id == bindparam("of_check"), MerchantLine.line == bindparam("of_line")
    )
    .values(answer=bindparam("said"), licence_id=bindparam("licence"), asked_sealed=None)
)


def answer_some(deps: Deps, now: datetime) -> int:
    """Answer the next lines of the oldest list that waits; gives how many."""
    if not deps.db.rows(_WAITING):
        return 0
    with deps.db.begin() as tx:
        # A second worker passes by to the next list.
        check = tx.execute(
            _WAITING.with_for_update(skip_locked=True, of=MerchantCheck)
        ).one_or_none()
        if check is None:
            return 0
        grant = grant_of(tx, check, now)
        if grant is None:
            return _stop(tx, check, now)
        return _answer(tx, deps, check, grant, now)


def _answer(tx: Connection, deps: Deps, check: AnyRow, grant: ItemGrant, now: datetime) -> int:
    lines = tx.execute(
        select(MerchantLine.line, MerchantLine.asked_sealed)
        .where(MerchantLine.check_id == check.id, MerchantLine.line > check.line)
        .order_by(MerchantLine.line)
        .limit(numbers.MERCHANT_CHECK_SLICE)
    ).all()
    asked = {line.line: one for line in lines if (one := _asked(deps, line.asked_sealed))}
    matched = match_lines(tx, deps, types_of(check, grant), check.since, list(asked.values()), now)
    found = dict(zip(asked, matched, strict=True))
    if lines:
        tx.execute(_ANSWER, [_values(check, line.line, found.get(line.line)) for line in lines])
    looked_up = _new_to(tx, check, [one.licence_id for one in matched])
    look_up(tx, check, looked_up, now)
    _note(tx, check, lines, matched, looked_up, now)
    return len(lines)


def _asked(deps: Deps, sealed: bytes | None) -> Asked | None:
    """What a line asks; None for one that could not be read when it came in, or that cannot be opened any more: it
    must not keep the lines and lists behind it waiting."""
    try:
        return Asked(**orjson.loads(deps.vault.open_bytes(sealed, ASKED))) if sealed else None
    except InvalidTag:
        _log.error("merchant line not opened")
        return None


def look_up(tx: Connection, check: AnyRow, licences: Collection[int], now: datetime) -> None:
    """Put into the history of whoever holds these licences that the platform looked them up.

    Each has an id of its own, so that no two holders can tell that they were on one list.
    """
    row = {
        "kind": MERCHANT_CHECK,
        "at": now,
        "unit_id": check.unit_id,
        "item_id": check.item_id,
        "actor": f"client:{check.client_id}",
        "told_at": now,  # the history tells it, and no notice: M-16 lets a platform ask of thousands
    }
    if licences:
        rows = [
            row | {"licence_id": id, "look_up": secrets.token_urlsafe(_ID_BYTES)}
            for id in sorted(licences)
        ]
        tx.execute(insert(LookUp), rows)


def _new_to(tx: Connection, check: AnyRow, licences: Iterable[int | None]) -> list[int]:
    """Those of these licences that no line of the list before has found: each is told once for a list."""
    ids = {id for id in licences if id is not None}
    found = select(MerchantLine.licence_id).where(
        MerchantLine.check_id == check.id,
        MerchantLine.line <= check.line,
        MerchantLine.licence_id.in_(ids),
    )
    return sorted(ids - set(tx.execute(found).scalars()))


def _values(check: AnyRow, line: int, found: Matched | None) -> dict[str, Any]:
    return {
        "of_check": check.id,
        "of_line": line,
        "said": found.answer if found else "unreadable",
        "licence": found.licence_id if found else None,
    }


def _note(
    tx: Connection,
    check: AnyRow,
    lines: Sequence[AnyRow],
    matched: Sequence[Matched],
    looked_up: Sequence[int],
    now: datetime,
) -> None:
    counts = Counter(one.answer for one in matched)
    answered = check.answered + len(lines)
    done = answered == check.lines
    values = {
        "state": "done" if done else "running",
        "line": lines[-1].line if lines else check.line,
        "answered": answered,
        "matched": check.matched + counts["match"],
        "changed": check.changed + counts["changed"],
        "unreadable": check.unreadable + len(lines) - len(matched),
        "finished_at": now if done else None,
    }
    tx.execute(update(MerchantCheck).where(MerchantCheck.id == check.id).values(**values))
    audit.record(
        tx,
        "merchant_check.answered",
        now,
        check=check.id,
        actor=f"client:{check.client_id}",
        unit=check.unit_id,
        item=check.item,
        lines=len(lines),
        licences=looked_up,
    )
    if done:
        _finished(tx, check, values, now)


def _stop(tx: Connection, check: AnyRow, now: datetime) -> int:
    """The grant was over before the list was answered: what is left of it is deleted."""
    values = {
        "state": "stopped",
        "answered": check.answered,
        "matched": check.matched,
        "changed": check.changed,
        "unreadable": check.unreadable,
        "finished_at": now,
    }
    tx.execute(update(MerchantCheck).where(MerchantCheck.id == check.id).values(**values))
    tx.execute(
        update(MerchantLine).where(MerchantLine.check_id == check.id).values(asked_sealed=None)
    )
    _finished(tx, check, values, now)
    return check.lines - check.answered  # type: ignore[no-any-return]


def _finished(tx: Connection, check: AnyRow, values: dict[str, Any], now: datetime) -> None:
    counts = {key: values[key] for key in ("state", "answered", "matched", "changed", "unreadable")}
    audit.record(
        tx,
        "merchant_check.finished",
        now,
        check=check.id,
        actor=f"client:{check.client_id}",
        unit=check.unit_id,
        **counts,
    )
