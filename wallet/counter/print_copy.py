"""Print annotated copies 加注件 of licences in an assisted session (O-19, M-18): of one, or of several in one go.

1. a transaction stores of each copy serial, its own status index, the audit event: all of them, or none
2. the codes are signed and checked with the reader that desks run
3. a transaction keeps the texts and tells the holder; the document is drawn and sealed when it is asked for

A copy without a text, left by a crash between 1 and 3, is no copy: nothing was printed from it, and the same request
again finishes it. Once its session is over nobody can, and it no longer counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.counter.assist import lock_assistance
from wallet.counter.copy_rules import (
    check_days,
    check_document,
    check_glyphs,
    check_number,
    check_valid,
    item_of,
    recipient_of,
)
from wallet.counter.model import PURPOSE, RECIPIENT, TEXT, Copy
from wallet.counter.serial import new_serial
from wallet.counter.sign_copy import sign_copy
from wallet.errors import Conflict, DomainError
from wallet.licences.held import HeldLicence
from wallet.licences.model import Licence
from wallet.licences.of_holder import licence_of_holder
from wallet.licences.status.places import assign_copy_index
from wallet.showing.assisted import COPY, tell_of_act
from wallet.web.principal import Principal


@dataclass(frozen=True)
class NewCopies:
    """Copies to print for one purpose: `licences` are identifiers, `item` and `recipient_unit` codes where they are
    known."""

    licences: Sequence[str]
    purpose: str
    recipient: str
    item: str | None
    recipient_unit: str | None
    valid_until: date
    single_use: bool


@dataclass(frozen=True)
class PrintedCopy:
    """A copy: the text of its code, and its last day."""

    serial: str
    text: str
    ends_on: date


@dataclass(frozen=True)
class _Request:
    """Who asks in which session, and by which request."""

    principal: Principal
    session: AnyRow
    key: str
    body_hash: bytes


def print_copies(
    deps: Deps,
    principal: Principal,
    assistance_id: str,
    new: NewCopies,
    key: str,
    body_hash: bytes,
    now: datetime,
) -> list[PrintedCopy]:
    """Print a copy of each licence, in that order; the same request again, by its key, is the same copies.

    Raises NotFound (session, or a licence of somebody else), Conflict (`assistance_ended`, a licence's status,
    `too_many_copies`, `no_seal`, `seal_expired`, `idempotency_key_reused`, `glyph_missing`), Invalid (`copy_days`,
    `copy_item`, `copy_recipient`), Unavailable where a seal does not open; where there are several licences, with the name
    of the one that is in the way.
    """
    check_glyphs(new.purpose + new.recipient)
    with deps.db.begin() as tx:
        session = lock_assistance(tx, principal, assistance_id, now)
        copies = copies_of_request(tx, session.id, key)
        if not copies:
            asked = _Request(principal, session, key, body_hash)
            copies = _store_all(tx, deps, asked, new, now)
        elif copies[0].body_hash != body_hash:
            raise Conflict(
                "同一个 Idempotency-Key 用于不同的内容，请换一个。", "idempotency_key_reused"
            )
    texts = [
        deps.vault.open(copy.text_sealed, TEXT) if copy.text_sealed else sign_copy(deps, copy)
        for copy in copies
    ]
    with deps.db.begin() as tx:
        for copy, text in zip(copies, texts, strict=True):
            kept = tx.execute(
                update(Copy)
                .where(Copy.id == copy.id, Copy.text_sealed.is_(None))
                .values(text_sealed=deps.vault.seal(text, TEXT))
            )
            if kept.rowcount:
                tell_of_act(tx, session, principal.account, COPY, now, copy.licence_id)
    return [
        PrintedCopy(copy.serial, text, copy.ends_on)
        for copy, text in zip(copies, texts, strict=True)
    ]


def copies_of_request(tx: Connection, assistance_id: str, key: str) -> Sequence[AnyRow]:
    """The rows of the copies that one request made, in its order."""
    made = select(Copy).where(Copy.assistance_id == assistance_id, Copy.key == key)
    return tx.execute(made.order_by(Copy.position)).all()


def _store_all(
    tx: Connection, deps: Deps, asked: _Request, new: NewCopies, now: datetime
) -> list[AnyRow]:
    held = [
        licence_of_holder(tx, deps, asked.session.holder_id, licence, now)
        for licence in new.licences
    ]
    # Whoever else prints of these waits here, so that the number is exact; in one order, so that nobody waits in a
    # circle. A desk that uses them does not wait.
    tx.execute(
        select(Licence.id)
        .where(Licence.id.in_([one.id for one, _fields in held]))
        .order_by(Licence.id)
        .with_for_update(key_share=True)
    ).all()
    recipient_id = recipient_of(tx, new.recipient_unit)
    copies = []
    for position, (one, fields) in enumerate(held):
        with _naming(one if len(held) > 1 else None):
            check_valid(one)
            check_days(one, new.valid_until, local_day(now))
            check_number(tx, one.id, now)
            item_id = item_of(tx, new.item, one)
            check_document(tx, deps, one, fields, item_id, asked.principal.unit_name, now)
            of = {
                "licence_id": one.id,
                "item_id": item_id,
                "recipient_unit_id": recipient_id,
                "position": position,
            }
            copies.append(_store(tx, deps, asked, new, of, now))
    return copies


@contextmanager
def _naming(held: HeldLicence | None) -> Iterator[None]:
    """Say in a refusal which of several licences it is about."""
    try:
        yield
    except DomainError as refused:
        if held is not None:
            refused.detail = f"{held.type_name}：{refused.detail}"
            refused.about = held.identifier
        raise


def _store(
    tx: Connection,
    deps: Deps,
    asked: _Request,
    new: NewCopies,
    of: Mapping[str, int | None],
    now: datetime,
) -> AnyRow:
    principal, session = asked.principal, asked.session
    values: dict[str, Any] = {
        "serial": new_serial(),
        "assistance_id": session.id,
        "key": asked.key,
        "body_hash": asked.body_hash,
        "holder_id": session.holder_id,
        "unit_id": principal.unit_id,
        "actor": principal.account,
        "purpose_sealed": deps.vault.seal(new.purpose, PURPOSE),
        "recipient_sealed": deps.vault.seal(new.recipient, RECIPIENT),
        "ends_on": new.valid_until,
        "single_use": new.single_use,
        "uses": 0,
        "printed_at": now,
        **of,
    }
    tx.execute(insert(Copy), values)
    copy = tx.execute(select(Copy).where(Copy.serial == values["serial"])).one()
    assign_copy_index(tx, deps, copy.id, now)
    audit.record(
        tx,
        "copy.printed",
        now,
        serial=copy.serial,
        assistance=session.id,
        licence=copy.licence_id,
        actor=principal.account,
        unit=principal.unit_id,
        item=copy.item_id,
        recipient=copy.recipient_unit_id,
        ends_on=new.valid_until.isoformat(),
        single_use=new.single_use,
    )
    return copy
