"""The demo draws a code without a phone; nothing but the demo does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.people import machine
from tests.support.shared import deps_of
from tests.support.showing import DRIVING, FOOD, SUSPENDED, refusal, verify
from wallet.app import create_app
from wallet.config import Config


def draw(app: Flask, persona: str, type_code: str) -> TestResponse:
    """Ask for a code."""
    return app.test_client().post("/demo/codes", data={"persona": persona, "type": type_code})


def test_a_code_of_the_demo_is_judged_as_a_phones(app: Flask) -> None:
    answer = draw(app, "holder-li", FOOD)
    assert answer.status_code == 201
    assert answer.get_json().keys() == {"text", "expires_at"}
    hall = machine(app, deps_of(app).config.data, "relying")
    text = answer.get_json()["text"]
    assert verify(hall, text, terminal="1")["verdict"] == "accepted"
    assert verify(hall, text, terminal="2")["reason"] == "already_used"


@pytest.mark.parametrize(
    ("persona", "type_code"),
    [("holder-li", SUSPENDED), ("holder-li", "x"), ("desk-zhao", FOOD), ("", FOOD), ("\x01", FOOD),
     ("delegate-li", DRIVING + "\x00"), ("holder-li", "")],
)  # fmt: skip
def test_of_what_nobody_could_show_there_is_none(
    shared_app: Flask, persona: str, type_code: str
) -> None:
    assert refusal(draw(shared_app, persona, type_code)) in ((404, "not_found"), (422, "invalid"))


def test_outside_the_demo_there_is_no_such_address(config: Config) -> None:
    served = create_app(replace(config, demo=False))
    assert draw(served, "holder-li", FOOD).status_code == 404
    deps_of(served).db.close()
