"""Staff hand licences to a desk by its number; what a desk makes of them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from tests.support.counter import ASSISTANCES, licence_in
from tests.support.people import Visitor


def path(session: dict[str, Any], handed: dict[str, Any] | None = None) -> str:
    """Where hand-overs of a session are, or one of them."""
    return f"{ASSISTANCES}/{session['id']}/hand-overs" + (f"/{handed['id']}" if handed else "")


def ask_hand_over(
    wang: Visitor,
    session: dict[str, Any],
    number: str,
    *types: str,
    key: str | None = None,
    **other: Any,
) -> TestResponse:
    """Ask to hand over the licences of these types, the senior card unless told otherwise."""
    licences = [licence_in(session, one) for one in types or ("senior-card",)]
    headers = wang._csrf() | {"Idempotency-Key": key or uuid4().hex}
    body = {"licences": licences, "number": number} | other
    return wang.http.post(path(session), json=body, headers=headers)


def handed(wang: Visitor, session: dict[str, Any], number: str, *types: str) -> dict[str, Any]:
    """A hand-over."""
    answer = ask_hand_over(wang, session, number, *types)
    assert answer.status_code == 201, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def became(wang: Visitor, session: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    """What has become of it."""
    answer = wang.get(path(session, one))
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.get_json()["showing"]
    return members


def tell(wang: Visitor, session: dict[str, Any], one: dict[str, Any], allow: bool) -> TestResponse:
    """Answer the desk as the served person says."""
    return wang.post(f"{path(session, one)}/consent", {"allow": allow})


def take_back(wang: Visitor, session: dict[str, Any], one: dict[str, Any]) -> TestResponse:
    """Take it back."""
    return wang.delete(path(session, one))
