"""Drafts of catalogue entries as an issuing unit writes them."""

from __future__ import annotations

import copy
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from tests.support.licences import FOOD
from tests.support.people import Visitor
from tests.support.shared import deps_of
from wallet.catalogue.entry import published_content
from wallet.organisations.model import Staff, Unit

DRAFTS = "/api/v1/catalogue-drafts"
NEW_CODE = "catering-staff-health-card"


def food_content(app: Flask) -> dict[str, Any]:
    """What is published of the food operation permit."""
    content = published_content(deps_of(app), FOOD)
    assert content is not None
    return copy.deepcopy(content)


def new_content(app: Flask) -> dict[str, Any]:
    """A type that the catalogue does not have yet, issued by the unit of issuer-chen alone."""
    return food_content(app) | {
        "name": "从业人员健康合格证（演示）",
        "name_en": "Health card (demo)",
        "type_code": "11100000MADEM1081F099",
        "issuing_units": ["11150602MADEM0230U"],
    }


def begun(issuer: Visitor, code: str, content: dict[str, Any]) -> str:
    """The id of a new draft."""
    answer = issuer.post(DRAFTS, {"code": code, "content": content})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def step(visitor: Visitor, draft: str, act: str, body: dict[str, Any] | None = None) -> Any:
    """A step of a draft."""
    return visitor.post(f"{DRAFTS}/{draft}/{act}", body or {})


def published(issuer: Visitor, manager: Visitor, draft: str) -> None:
    """Take a draft all the way."""
    for visitor, act, body in (
        (issuer, "submission", None),
        (manager, "review", {"decision": "pass"}),
        (manager, "publication", None),
    ):
        answer = step(visitor, draft, act, body)
        assert answer.status_code == 200, answer.text


def moved(app: Flask, login: str, unit_code: str, roles: list[str]) -> None:
    """Let a staff member work at another unit, in these roles."""
    with deps_of(app).db.begin() as tx:
        unit = tx.execute(select(Unit.id).where(Unit.code == unit_code)).scalar_one()
        tx.execute(update(Staff).where(Staff.login == login).values(unit_id=unit, roles=roles))
