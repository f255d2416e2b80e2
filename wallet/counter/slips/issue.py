"""Issue a block of numbered slips to a unit, and print it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select

from verify.slips import BlankSlip, read_slip, sign_slip
from wallet import numbers
from wallet.base import audit
from wallet.base.clock import SHANGHAI
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.qr import qr_svg
from wallet.base.typesetting import typeset
from wallet.counter.serial import grouped
from wallet.counter.slips.model import Slip, SlipBlock
from wallet.counter.slips.number import new_block, slip_number
from wallet.errors import Conflict, NotFound
from wallet.organisations.model import Unit
from wallet.organisations.seals import load_seal, seal_with
from wallet.web.principal import Principal

TEMPLATE: Final = "slips.typ"


@dataclass(frozen=True)
class IssuedBlock:
    """A block that was issued: its public id and its numbers, in their order."""

    id: str
    numbers: list[str]


def issue_slips(deps: Deps, principal: Principal, count: int, now: datetime) -> IssuedBlock:
    """Issue `count` slips to the unit of this staff member.

    Raises Conflict (`slips_left`) while the unit has as many blank ones as it may have, so that each can be accounted for.
    """
    block = new_block()
    made = [slip_number(block, position) for position in range(1, count + 1)]
    with deps.db.begin() as tx:
        # Whoever else issues to this unit waits here, so that the number is exact.
        tx.execute(
            select(Unit.id).where(Unit.id == principal.unit_id).with_for_update(key_share=True)
        ).all()
        blank = select(Slip.number).join(SlipBlock, SlipBlock.id == Slip.block_id)
        left = blank.where(SlipBlock.unit_id == principal.unit_id, Slip.outcome.is_(None))
        if len(tx.execute(left).all()) + count > numbers.SLIPS_BLANK_MAX:
            raise Conflict(
                f"本单位最多留 {numbers.SLIPS_BLANK_MAX} 张没有登记的应急单，请先登记或作废用过的。",
                "slips_left",
            )
        values = {
            "public_id": block,
            "unit_id": principal.unit_id,
            "issued_by": principal.account,
            "issued_at": now,
            "count": count,
        }
        block_id = tx.execute(insert(SlipBlock).values(values).returning(SlipBlock.id)).scalar_one()
        rows = [
            {"number": number, "block_id": block_id, "position": position}
            for position, number in enumerate(made, 1)
        ]
        tx.execute(insert(Slip), rows)
        told = {"actor": principal.account, "unit": principal.unit_id}
        audit.record(tx, "slips.issued", now, block=block, count=count, **told)
    return IssuedBlock(block, made)


def slips_document(deps: Deps, principal: Principal, block: str, now: datetime) -> bytes:
    """The slips of a block of this unit as a PDF, sealed where the unit has a seal: one a page, with the procedure.

    Those that have an entry are left out: what was written on a second paper with such a number could not be entered.
    Raises NotFound (`slips_unknown`), Conflict (`slips_used`).
    """
    with deps.db.read() as tx:
        row = tx.execute(
            select(SlipBlock.id, SlipBlock.unit_id, SlipBlock.issued_at, Unit.name, Unit.code)
            .join(Unit, Unit.id == SlipBlock.unit_id)
            .where(SlipBlock.public_id == block, SlipBlock.unit_id == principal.unit_id)
        ).one_or_none()
        if row is None:
            raise NotFound("没有这一批应急单，请回到应急单页面重新选择。", "slips_unknown")
        made = tx.execute(
            select(Slip.number)
            .where(Slip.block_id == row.id, Slip.outcome.is_(None))
            .order_by(Slip.position)
        ).scalars()
        slips = [
            {"number": grouped(number), "code": qr_svg(_code(deps, row, number, now), "M")}
            for number in made
        ]
    if not slips:
        raise Conflict("这一批应急单都已登记或作废，请另印一批。", "slips_used")
    data: dict[str, Any] = {
        "unit": row.name,
        "slips": slips,
        "issued_on": f"{row.issued_at.astimezone(SHANGHAI):%Y-%m-%d}",
        "days": numbers.SLIP_DAYS,
        "demo": deps.config.demo,
    }
    pdf = typeset(TEMPLATE, data, now)
    with deps.db.begin() as tx:
        told = {"actor": principal.account, "unit": principal.unit_id}
        audit.record(tx, "slips.printed", now, block=block, **told)
    seal = load_seal(deps.config.seals_dir, deps.config.secret_key, row.code)
    return seal_with([seal] if seal is not None and seal.is_current(now) else [], pdf)


def _code(deps: Deps, block: AnyRow, number: str, now: datetime) -> str:
    slip = BlankSlip(number, block.unit_id, int(block.issued_at.timestamp()))
    text = sign_slip(deps.keys.issuer, slip, deps.keys.current)
    if read_slip(text, deps.keys.public, now.timestamp()) != slip:
        raise RuntimeError("the slip just signed does not read back")
    return text
