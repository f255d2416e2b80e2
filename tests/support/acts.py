"""What counter staff prepare for a served person, and how a colleague answers."""

from __future__ import annotations

from typing import Any, Final

from werkzeug.test import TestResponse

from tests.support.applications import day_in
from tests.support.counter import ASSISTANCES, licence_in
from tests.support.delegations import person_of
from tests.support.people import Visitor

CONFIRMATIONS: Final = "/api/v1/confirmations"


def ask_delegation(wang: Visitor, session: dict[str, Any], **other: Any) -> TestResponse:
    """Ask to let holder-li show the senior card of the served person for a month."""
    body = {
        "delegate": person_of("holder-li"),
        "licences": other.get("licences") or [licence_in(session)],
        "items": None,
        "ends_on": day_in(30),
    }
    return wang.post(f"{ASSISTANCES}/{session['id']}/delegations", body | other)


def prepared(wang: Visitor, session: dict[str, Any], **other: Any) -> dict[str, Any]:
    """A delegation that waits for a colleague."""
    answer = ask_delegation(wang, session, **other)
    assert answer.status_code == 201, answer.text
    act: dict[str, Any] = answer.get_json()
    return act


def waiting(liu: Visitor) -> list[dict[str, Any]]:
    """What waits for this staff member."""
    items: list[dict[str, Any]] = liu.get(f"{CONFIRMATIONS}?limit=200").get_json()["items"]
    return items


def confirm(liu: Visitor, act: str, **other: Any) -> TestResponse:
    """Confirm an act as it is read now; `answer`, `seen` and `reason` may be others."""
    seen = other.get("seen") or liu.get(f"{CONFIRMATIONS}/{act}").get_json()["seen"]
    return liu.post(f"{CONFIRMATIONS}/{act}", {"answer": "confirm", "seen": seen} | other)


def decline(liu: Visitor, act: str, reason: str = "本人说不清楚授权给谁") -> TestResponse:
    """Decline it."""
    return confirm(liu, act, answer="decline", reason=reason)


def state_of(wang: Visitor, session: dict[str, Any], act: str) -> dict[str, Any]:
    """The act as its session has it."""
    found: dict[str, Any] = wang.get(f"{ASSISTANCES}/{session['id']}/acts/{act}").get_json()
    return found
