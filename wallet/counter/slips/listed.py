"""What became of a unit's slips: each number is accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.counter.slips.model import CONTENT, Slip, SlipBlock
from wallet.organisations.model import Staff, Unit
from wallet.organisations.tree import units_in_sight
from wallet.web.principal import Principal


@dataclass(frozen=True)
class SlipView:
    """A slip; `outcome` is None for one that is blank or not entered yet. `seen` is what stood on it, or why it was
    spoilt, and `seen_by` who wrote it."""

    number: str
    outcome: str | None
    settled_at: datetime | None
    seen_at: datetime | None
    seen_by: str | None
    seen: str | None
    served: bool | None
    late: bool | None


@dataclass(frozen=True)
class BlockView:
    """A block with its slips, and the name of the unit that it was issued to."""

    id: str
    unit: str
    issued_at: datetime
    slips: Sequence[SlipView]

    @property
    def open(self) -> int:
        """How many of them have no entry yet."""
        return sum(slip.outcome is None for slip in self.slips)


def unit_slips(
    deps: Deps, principal: Principal, limit: int, cursor: str | None
) -> tuple[list[BlockView], str | None]:
    """A page of the blocks of this staff member's unit, the latest first; for managers also of the units below.

    What stood on a slip is only for the unit that wrote it. Raises Invalid (`invalid_cursor`).
    """
    after = number_of_cursor(cursor)
    with deps.db.read() as tx:
        blocks = tx.execute(
            select(SlipBlock, Unit.name.label("unit"))
            .join(Unit, Unit.id == SlipBlock.unit_id)
            .where(
                SlipBlock.unit_id.in_(units_in_sight(principal)),
                SlipBlock.id < after if after else SlipBlock.id > 0,
            )
            .order_by(SlipBlock.id.desc())
            .limit(limit + 1)
        ).all()
        rows = tx.execute(
            select(Slip, Staff.login)
            .outerjoin(Staff, Staff.id == Slip.staff_id)
            .where(Slip.block_id.in_([block.id for block in blocks[:limit]]))
            .order_by(Slip.block_id, Slip.position)
        ).all()
    views = [
        BlockView(
            block.public_id,
            block.unit,
            block.issued_at,
            [
                SlipView(
                    number=row.number,
                    outcome=row.outcome,
                    settled_at=row.settled_at,
                    seen_at=row.seen_at,
                    seen_by=row.login,
                    seen=deps.vault.open(row.content_sealed, CONTENT)
                    if row.content_sealed and block.unit_id == principal.unit_id
                    else None,
                    served=row.served,
                    late=row.late,
                )
                for row in rows
                if row.block_id == block.id
            ],
        )
        for block in blocks[:limit]
    ]
    return views, str(blocks[limit - 1].id) if len(blocks) > limit else None
