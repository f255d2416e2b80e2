"""Find an application that is in sight: for the responsible person of the party, and the managers above it.

What was never handed in is its party's alone. Strangers find nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, exists, false, insert, or_, select, update

from wallet.base import audit
from wallet.base.database import AnyRow, AnySelect
from wallet.catalogue.model import UseItem
from wallet.errors import Conflict, NotFound
from wallet.organisations.model import Unit
from wallet.organisations.sign_in import RESPONSIBLE
from wallet.organisations.tree import subtree
from wallet.relying.onboarding.model import Application, ApplicationStep
from wallet.web.principal import Principal

PROOF_NAME: Final = "application_proofs.name"
"""Context under which the names of proofs are sealed."""
STATES: Final = (
    "draft", "submitted", "returned", "reviewed", "approved", "granted", "rejected", "withdrawn",
)  # fmt: skip
WAITING: Final = ("submitted", "reviewed", "approved")
"""States in which the managing unit has the next step."""
OVER: Final = ("granted", "rejected", "withdrawn")
EDITABLE: Final = ("draft", "returned")
_ID_DIGITS: Final = 9
"""What PostgreSQL's INTEGER holds in any case."""


def application_in_sight(
    tx: Connection, principal: Principal, application_id: str, *, lock: bool = False
) -> AnyRow:
    """The row of an application in sight with its unit and item; with `lock` kept from others. Raises NotFound."""
    if not (
        application_id.isascii()
        and application_id.isdecimal()
        and len(application_id) <= _ID_DIGITS
    ):
        raise not_found()
    if lock:
        # Alone, since the other tables of the query are not to be kept from anybody.
        own = select(Application.id).where(Application.id == int(application_id))
        tx.execute(own.with_for_update()).all()
    query = with_names(Application.id == int(application_id), visible_to(principal))
    row = tx.execute(query).one_or_none()
    if row is None:
        raise not_found()
    return row


def not_found() -> NotFound:
    """The answer to whoever asks for an application that is none of theirs."""
    return NotFound("没有找到这份申请，请回到列表重新选择。")


def expect(row: AnyRow, states: Collection[str]) -> None:
    """Raise Conflict (`application_state`) unless an application is in one of these states."""
    if row.state not in states:
        raise Conflict("这份申请现在不能这样办理，请刷新后查看它的进度。", "application_state")


def move(
    tx: Connection,
    row: AnyRow,
    principal: Principal,
    act: str,
    now: datetime,
    reason: str | None = None,
    **values: Any,
) -> None:
    """Keep a step of an application with its audit event; `values` are what changes of its row."""
    who = {"account": principal.account, "unit_id": principal.unit_id}
    step = {"act": act, **who, "reason": reason, "at": now}
    tx.execute(insert(ApplicationStep), {"application_id": row.id, **step})
    tx.execute(update(Application).where(Application.id == row.id).values(changed_at=now, **values))
    audit.record(
        tx,
        f"application.{act}",
        now,
        application=row.id,
        unit=row.unit_id,
        item=row.item,
        actor=principal.account,
    )


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """Condition: the own unit's, for a manager those of the units below, once they are handed in."""
    own: ColumnElement[bool] = false()
    below: ColumnElement[bool] = false()
    if RESPONSIBLE in principal.roles:
        own = Application.unit_id == principal.unit_id
    if principal.kind == "staff" and "manager" in principal.roles:
        # The own unit's are decided above it, and are not this manager's to see.
        below = and_(
            Application.unit_id.in_(subtree(principal.unit_id)),
            Application.unit_id != principal.unit_id,
            Application.state != "draft",
            # A draft that was taken back was never handed in.
            exists().where(
                ApplicationStep.application_id == Application.id, ApplicationStep.act == "submitted"
            ),
        )
    return or_(own, below)


def with_names(*conditions: ColumnElement[bool]) -> AnySelect:
    """Query: the applications that meet these conditions, each with its unit and its item."""
    return (
        select(
            Application, Unit.code.label("unit"), Unit.name.label("unit_name"),
            Unit.name_en.label("unit_name_en"), Unit.kinds.label("kinds"), Unit.parent_id,
            Unit.closed_at, UseItem.code.label("item"), UseItem.name.label("item_name"),
            UseItem.name_en.label("item_name_en"), UseItem.scene,
        )
        .join(Unit, Unit.id == Application.unit_id)
        .join(UseItem, UseItem.id == Application.item_id)
        .where(*conditions)
    )  # fmt: skip
