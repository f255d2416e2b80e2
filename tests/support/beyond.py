"""Requests beyond a grant, and what is on record of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from tests.support.grants import change_grant
from tests.support.showing import RENEWAL, refusal
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.organisations.model import Alert
from wallet.relying.model import ClientGrant, Grant

__all__ = ["alerts", "beyond", "change_grant", "close_alerts", "grant_ids", "unbind"]


def beyond(answer: TestResponse) -> str:
    """The sentence of a 403 for what is beyond a grant."""
    assert refusal(answer) == (403, "not_permitted")
    sentence: str = answer.get_json()["detail"]
    return sentence


def alerts(deps: Deps) -> list[AnyRow]:
    """Every alert, oldest first."""
    return list(deps.db.rows(select(Alert).order_by(Alert.id)))


def close_alerts(deps: Deps, **values: Any) -> None:
    """As a manager who has seen to all of them."""
    with deps.db.begin() as tx:
        tx.execute(update(Alert).values(**values))


def grant_ids(deps: Deps, item: str = RENEWAL) -> list[int]:
    """The ids of the grants for an item."""
    query = select(Grant.id).join(UseItem).where(UseItem.code == item).order_by(Grant.id)
    return [row.id for row in deps.db.rows(query)]


def unbind(deps: Deps, item: str = RENEWAL) -> None:
    """No machine client works under the grants for an item any more."""
    with deps.db.begin() as tx:
        tx.execute(delete(ClientGrant).where(ClientGrant.grant_id.in_(grant_ids(deps, item))))
