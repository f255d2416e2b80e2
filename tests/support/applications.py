"""Applications as the bank's and the hall's responsible persons write them, and managers decide on them."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any, Final

from flask import Flask
from PIL import Image
from sqlalchemy import delete
from werkzeug.test import TestResponse

from tests.support.people import Visitor
from tests.support.shared import deps_of
from wallet.base.clock import local_day, read_clock
from wallet.relying.onboarding.model import Application, ApplicationProof, ApplicationStep

APPLICATIONS: Final = "/api/v1/applications"
RIGHTS: Final = "/api/v1/approval-rights"
LOAN: Final = "bank-home-loan"
"""A social item of the bank."""
ELSEWHERE: Final = "food-permit-change"
"""A government item of the hall in the other district."""
ESTATE: Final = "real-estate-certificate"


def day_in(days: int) -> str:
    """The local day so many days from now."""
    found: date = local_day(read_clock()) + timedelta(days=days)
    return found.isoformat()


def loan_content(**other: Any) -> dict[str, Any]:
    """What the bank asks for its item, within what the item needs."""
    return {
        "types": [{"type": ESTATE, "fields": ["obligee", "number"]}],
        "reason": "办理个人住房贷款，核对不动产权属",
        "starts_on": None,
        "ends_on": day_in(364),
        "quota_per_day": 500,
        "networks": None,
        "no_secrets": True,
    } | other


def food_content(**other: Any) -> dict[str, Any]:
    """What the hall asks for the other district's item."""
    types = [{"type": "food-operation-permit", "fields": ["operator_name", "number"]}]
    return (
        loan_content(types=types, reason="跨区通办食品经营许可证变更", quota_per_day=None) | other
    )


def picture() -> bytes:
    """A small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(out, "PNG")
    return out.getvalue()


def begun(party: Visitor, item: str = LOAN, **content: Any) -> str:
    """The id of a new application."""
    made = loan_content(**content) if item == LOAN else food_content(**content)
    answer = party.post(APPLICATIONS, {"item": item, "content": made})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def proved(
    party: Visitor, application: str, file: bytes | None = None, name: str = "登记证.png"
) -> TestResponse:
    """Send in a proof."""
    return party.http.post(
        f"{APPLICATIONS}/{application}/proofs",
        query_string={"name": name},
        data=picture() if file is None else file,
        headers=party._csrf(),
    )


def step(
    visitor: Visitor, application: str, act: str, body: dict[str, Any] | None = None
) -> TestResponse:
    """A step of an application."""
    return visitor.post(f"{APPLICATIONS}/{application}/{act}", body or {})


def submitted(party: Visitor, item: str = LOAN, **content: Any) -> str:
    """The id of an application that was handed in with its proof."""
    made = begun(party, item, **content)
    assert proved(party, made).status_code == 201
    took(step(party, made, "submission"))
    return made


def took(answer: TestResponse) -> dict[str, Any]:
    """The application after a step that was taken."""
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def passed(first: Visitor, second: Visitor, application: str) -> dict[str, Any]:
    """Review by one manager, approval by another."""
    took(step(first, application, "review", {"decision": "pass"}))
    return took(step(second, application, "approval", {"decision": "approve"}))


def filed(manager: Visitor, application: str) -> dict[str, Any]:
    """File a social scenario."""
    return took(step(manager, application, "filing", {"measures": "专网传输，不留存影像"}))


def without_applications(app: Flask) -> None:
    """Take away those that the demo brings along."""
    with deps_of(app).db.begin() as tx:
        for table in (ApplicationProof, ApplicationStep, Application):
            tx.execute(delete(table))
