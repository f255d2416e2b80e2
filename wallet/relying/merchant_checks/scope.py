"""Lists as whoever works at them reads them, and what their client may still do for them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from wallet.base.clock import local_day
from wallet.base.database import AnyRow, AnySelect
from wallet.catalogue.model import UseItem
from wallet.organisations.model import Client
from wallet.relying.grants import ItemGrant, grant_within
from wallet.relying.merchant_checks.model import MerchantCheck

CHECKS: Final[AnySelect] = (
    select(MerchantCheck, UseItem.code.label("item"), Client.disabled_at.label("client_ended_at"))
    .join(UseItem, UseItem.id == MerchantCheck.item_id)
    .join(Client, Client.id == MerchantCheck.client_id)
)
"""Lists, each with the code of its item and since when its client has ended, None where it has not."""


def grant_of(tx: Connection, check: AnyRow, now: datetime) -> ItemGrant | None:
    """What the client of one of `CHECKS` may do for it now, None where it is nothing."""
    if check.client_ended_at is not None:
        return None
    account, today = f"client:{check.client_id}", local_day(now)
    grant = grant_within(tx, check.unit_id, account, check.item, today, lists=True)
    return grant if grant is not None and types_of(check, grant) else None


def types_of(check: AnyRow, grant: ItemGrant) -> list[int]:
    """The ids of the types that a list asks for and that are granted."""
    granted = (one.type_id for one in grant.types.values())
    return [type_id for type_id in granted if check.type_id in (None, type_id)]
