"""Look-ups as journeys leave them, put in by hand where a test is about what becomes of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from tests.support.showing import RENEWAL
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.holders.model import Account
from wallet.licences.model import IDENTIFIER, Licence
from wallet.organisations.model import Staff
from wallet.showing.model import (
    LOOK_UP_CASE,
    LOOK_UP_CAUSE,
    REFUSAL_BASIS,
    REFUSAL_REASON,
    HoldingRefusal,
    LookUp,
)


def looked_up(
    deps: Deps,
    at: datetime,
    name: str,
    identifier: str | None = None,
    login: str = "holder-li",
    cause: str | None = None,
    case: str | None = None,
    **more: Any,
) -> None:
    """desk-zhao was told of a licence of a person, or that there is none; `name` is the look-up's id."""
    with deps.db.begin() as tx:
        clerk = tx.execute(select(Staff).where(Staff.login == "desk-zhao")).one()
        values: dict[str, Any] = {
            "look_up": name,
            "kind": "holdings",
            "at": at,
            "holder_id": tx.execute(
                select(Account.holder_id).where(Account.login == login)
            ).scalar_one(),
            "licence_id": None,
            "unit_id": clerk.unit_id,
            "item_id": tx.execute(select(UseItem.id).where(UseItem.code == RENEWAL)).scalar_one(),
            "actor": f"staff:{clerk.id}",
            "desk": "staff-session:1",
            "terminal": "3 号窗口",
            "cause_sealed": deps.vault.seal(cause, LOOK_UP_CAUSE) if cause else None,
            "case_sealed": deps.vault.seal(case, LOOK_UP_CASE) if case else None,
        }
        if identifier is not None:
            index = deps.vault.index(identifier, IDENTIFIER)
            found = tx.execute(select(Licence.id).where(Licence.identifier_index == index))
            values["licence_id"] = found.scalar_one()
        tx.execute(insert(LookUp), values | more)


def paper_asked(deps: Deps, at: datetime, name: str, material: str) -> None:
    """The desk wanted a material on paper nonetheless, of every licence of a look-up."""
    with deps.db.begin() as tx:
        rows = tx.execute(select(LookUp).where(LookUp.look_up == name)).all()
        values = {
            "look_up": name,
            "material": material,
            "licences": [row.licence_id for row in rows],
            "unit_id": rows[0].unit_id,
            "item_id": rows[0].item_id,
            "actor": rows[0].actor,
            "terminal": rows[0].terminal,
            "reason_sealed": deps.vault.seal("照片看不清", REFUSAL_REASON),
            "basis_sealed": deps.vault.seal("《办法》第九条", REFUSAL_BASIS),
            "at": at,
        }
        tx.execute(insert(HoldingRefusal), values)
