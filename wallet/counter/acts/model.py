"""Acts in an assisted session, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import AnyRow, Base

FREEZE: Final = "freeze"
UNFREEZE: Final = "unfreeze"
DELEGATION: Final = "delegation"
DELEGATION_END: Final = "delegation_end"
COPY_END: Final = "copy_end"
HISTORY: Final = "history"
FACE: Final = "face"
KINDS: Final[dict[str, str]] = {
    FREEZE: "停用亮码",
    UNFREEZE: "恢复亮码",
    DELEGATION: "授权亲友代办",
    DELEGATION_END: "结束授权",
    COPY_END: "撤回加注件",
    HISTORY: "打印使用记录和消息",
    FACE: "查看照面",
}
"""What may be done in a session, and how the receipt calls it."""
SENSITIVE: Final = (UNFREEZE, DELEGATION)
"""These open something, so a second staff member confirms them; the others protect, and are done at once."""
DONE: Final = "done"
DECLINED: Final = "declined"
WITHDRAWN: Final = "withdrawn"
ENDED: Final = "ended"
STATES: Final = ("waiting", DONE, DECLINED, WITHDRAWN, ENDED)

_WAITING: Final = text("outcome IS NULL")

CONTENT: Final = "assisted_acts.content"
REASON: Final = "assisted_acts.reason"
"""Contexts under which these values are sealed."""


class AssistedAct(Base):
    """An act in a session; `content` says what is, or was, to be done, and `content_index` stands for it.

    The content never changes, but for the code of a delegate, which is kept in full only while the act waits.

    One that waits has no `outcome`; done, declined and withdrawn are final, and so is ended, which the worker notes. `staff_id` and `terminal` are the second
    staff member's, who confirmed or declined it. `delegation_id` is what it has made or ended.
    """

    __tablename__ = "assisted_acts"
    __table_args__ = (
        Index("ix_assisted_acts_assistance", "assistance_id", "id"),
        Index("ix_assisted_acts_waiting", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    assistance_id: Mapped[str] = mapped_column(ForeignKey("assistances.id"))
    kind: Mapped[str]
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    content_index: Mapped[bytes] = mapped_column(LargeBinary)
    prepared_at: Mapped[datetime]
    outcome: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    terminal: Mapped[str | None]
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegations.id"))


def act_state(outcome: str | None, session: AnyRow, now: datetime) -> str:
    """waiting, done, declined, withdrawn; or ended: with its session, before anybody had confirmed it."""
    if outcome is not None:
        return outcome
    return ENDED if session.ended_at is not None or now >= session.ends_at else "waiting"
