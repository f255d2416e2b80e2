"""Delegations as rows, and as their people make them through the API."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from tests.support.library import licence_id
from tests.support.people import Visitor
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.demo.data import load_holders
from wallet.holders.addressee import addressee
from wallet.holders.model import HOLDER_NAME, Account, Holder
from wallet.licences.delegations.model import Delegation, DelegationItem, DelegationLicence
from wallet.web.principal import Principal

PATH: Final = "/api/v1/me/delegations"


def delegate(
    deps: Deps,
    now: datetime,
    grantor: str,
    *identifiers: str,
    to: str = "delegate-li",
    items: Sequence[int] | None = None,
    **changes: Any,
) -> int:
    """Let a persona show these licences of another from today on, accepted; `changes` are columns."""
    person = principal_of(deps, to)
    today = local_day(now)
    values = {
        **addressee(**person_of(to), today=today).columns(deps.vault),
        "public_id": secrets.token_urlsafe(12),
        "kind": "family",
        "grantor_id": principal_of(deps, grantor).holder_id,
        "account_id": person.id,
        "any_item": items is None,
        "starts_on": today,
        "ends_on": today + timedelta(days=30),
        "offered_at": now,
        "offered_by": principal_of(deps, grantor).id,
        "answer_until": now + timedelta(days=7),
        "accepted_at": now,
        "ended_at": None,
        "ended_by": None,
    }
    with deps.db.begin() as tx:
        made = tx.execute(
            insert(Delegation).returning(Delegation.id), values | changes
        ).scalar_one()
        for identifier in identifiers:
            covered = {"delegation_id": made, "licence_id": licence_id(deps, identifier)}
            tx.execute(insert(DelegationLicence), covered)
        for item in items or ():
            tx.execute(insert(DelegationItem), {"delegation_id": made, "item_id": item})
    return made


def principal_of(deps: Deps, login: str) -> Principal:
    """A holder persona as journeys are handed it."""
    row = deps.db.row(
        select(Account.id, Account.holder_id, Holder.name_sealed)
        .join(Holder, Holder.id == Account.holder_id)
        .where(Account.login == login)
    )
    assert row is not None
    name = deps.vault.open(row.name_sealed, HOLDER_NAME)
    return Principal("holder", row.id, 0, name, holder_id=row.holder_id)


def person_of(login: str) -> dict[str, str]:
    """A persona as an offer names them; the person, not the company that they act for."""
    person = load_holders()[login]
    return {"code_type": person.code_type, "code": person.code, "name": person.name}


def body_of(now: datetime, to: str, *identifiers: str, **changes: Any) -> dict[str, Any]:
    """An offer of these licences to a persona for any matter, from today on for a month."""
    today = local_day(now)
    body = {
        "delegate": person_of(to),
        "licences": list(identifiers),
        "items": None,
        "starts_on": today.isoformat(),
        "ends_on": day_after(today, 30),
    }
    return body | changes


def offered(grantor: Visitor, body: dict[str, Any]) -> dict[str, Any]:
    """Offer it; gives the delegation, which there must be."""
    answer = grantor.post(PATH, body)
    assert answer.status_code == 201, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def answered(delegate: Visitor, delegation: str, *, accept: bool = True) -> TestResponse:
    """Accept it, or decline it."""
    return delegate.post(f"{PATH}/{delegation}/answer", {"accept": accept})


def accepted(delegate: Visitor, delegation: dict[str, Any]) -> dict[str, Any]:
    """Accept it; gives the delegation as its delegate sees it."""
    answer = answered(delegate, delegation["id"])
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def listed(visitor: Visitor, side: str = "") -> list[dict[str, Any]]:
    """The delegations of one side, both where none is named, newest first."""
    answer = visitor.get(f"{PATH}?limit=200" + (f"&side={side}" if side else ""))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def day_after(day: date, days: int) -> str:
    """The day that many days later, as the API writes it."""
    return (day + timedelta(days=days)).isoformat()
