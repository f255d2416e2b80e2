"""What counter staff do: begin a session for a holder, print copies; and how a desk reads them."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.applications import day_in
from tests.support.people import Visitor, credentials
from tests.support.shared import deps_of
from verify.trust import Trust, gather, read_bundle
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.licences.trust_bundle import trust_bundle

ASSISTANCES: Final = "/api/v1/assistances"
COPIES: Final = "/api/v1/copies"
ALLOWANCE: Final = "senior-allowance"
"""An item of desk-zhao's hall that uses the senior card."""


def person(app: Flask, persona: str = "holder-elder") -> dict[str, str]:
    """Code type, code and name of a holder of the demo."""
    found: dict[str, str] = credentials(deps_of(app).config.data, "people")[persona]
    return dict(found)


def ask_assistance(wang: Visitor, holder: dict[str, str], **other: Any) -> TestResponse:
    """Ask to begin a session."""
    body = {"holder": holder, "evidence": {"kind": "card_seen"}, "matter": "申领高龄津贴"}
    return wang.post(ASSISTANCES, body | other)


def begun(app: Flask, wang: Visitor, persona: str = "holder-elder") -> dict[str, Any]:
    """A session for a holder of the demo."""
    answer = ask_assistance(wang, person(app, persona))
    assert answer.status_code == 201, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def licence_in(session: dict[str, Any], type_code: str = "senior-card") -> str:
    """The identifier of the holder's licence of that type."""
    return next(
        str(one["identifier"]) for one in session["licences"] if one["type"]["code"] == type_code
    )


def ask_copy(
    wang: Visitor, session: dict[str, Any], key: str | None = None, **other: Any
) -> TestResponse:
    """Ask for a copy, of the senior card unless told otherwise."""
    body = {
        "purpose": "申领高龄津贴",
        "recipient": "东胜区政务服务大厅（演示）",
        "valid_until": day_in(30),
    }
    if "licences" not in other and not other.get("licence"):
        body["licence"] = licence_in(session)
    other = {name: value for name, value in other.items() if name != "licence" or value}
    headers = wang._csrf() | {"Idempotency-Key": key or uuid4().hex}
    return wang.http.post(
        f"{ASSISTANCES}/{session['id']}/copies", json=body | other, headers=headers
    )


def printed(wang: Visitor, session: dict[str, Any], **other: Any) -> dict[str, Any]:
    """A copy of the senior card."""
    answer = ask_copy(wang, session, **other)
    assert answer.status_code == 201, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def revoke(visitor: Visitor, serial: str, reason: str = "不再需要") -> TestResponse:
    """Revoke a copy."""
    return visitor.post(f"{COPIES}/{serial}/revocation", {"reason": reason})


def trust_of(deps: Deps) -> Trust:
    """What a desk that fetches now has to judge by while it is offline."""
    return gather([read_bundle(trust_bundle(deps, read_clock()))])
