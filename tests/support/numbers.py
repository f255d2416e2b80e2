"""A desk number as tests tell it: the desk draws, the phone types, the desk takes."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from tests.support.people import Machine, Visitor
from tests.support.showing import created

PATH = "/api/v1/desk-numbers"


def draw(desk: Visitor | Machine, **more: Any) -> str:
    """The number that the desk shows from now on."""
    number: str = created(desk.post(PATH, more))["number"]
    return number


def look_up(holder: Visitor, number: str) -> TestResponse:
    """Ask whose number it is."""
    return holder.get(f"{PATH}/{number}")


def send(holder: Visitor, code: dict[str, Any], number: str) -> TestResponse:
    """Send a showing to the desk with that number."""
    return holder.post(f"/api/v1/me/codes/{code['id']}/desk", {"number": number})


def take(desk: Visitor | Machine, **more: Any) -> str | None:
    """The text of the next code that was sent to the desk."""
    answer = desk.post(f"{PATH}/next", more)
    assert answer.status_code == 200, answer.text
    text: str | None = answer.get_json()["text"]
    return text
