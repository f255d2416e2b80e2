"""What may be sent to verification, and by whom."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.people import Machine, Visitor, machine, sign_in
from tests.support.showing import RENEWAL, ask, refusal, row_counts, show, state, verify
from wallet.base.deps import Deps


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """These tests' showings do not meet."""
    return shared_app


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"item": RENEWAL}, "code"),
        ({"code": None, "item": RENEWAL}, "code"),
        ({"code": 1, "item": RENEWAL}, "code"),
        ({"code": ["x"], "item": RENEWAL}, "code"),
        ({"code": "x"}, "item"),
        ({"code": "x", "item": ""}, "item"),
        ({"code": "x", "item": 1}, "item"),
        ({"code": "x", "item": "a" * 65}, "item"),
        ({"code": "x", "item": "a\nb"}, "item"),
        ({"code": "x", "item": "a\u0000"}, "item"),
        ({"code": "x", "item": "a\u202eb"}, "item"),
        ({"code": "x", "item": RENEWAL, "terminal": ""}, "terminal"),
        ({"code": "x", "item": RENEWAL, "terminal": None}, "terminal"),
        ({"code": "x", "item": RENEWAL, "terminal": "t" * 65}, "terminal"),
        ({"code": "x", "item": RENEWAL, "more": ["number"]}, "more"),
        ({"code": "x", "item": RENEWAL, "": 1}, ""),
    ],
)
def test_a_member_that_is_missing_or_wrong_is_named_and_nothing_is_judged(
    zhao: Visitor, deps: Deps, body: dict[str, Any], named: str
) -> None:
    before = row_counts(deps)
    answer = zhao.post("/api/v1/verifications", body)
    assert refusal(answer) == (422, "invalid")
    assert list(answer.get_json()["errors"]) == [named]
    assert row_counts(deps) == before


@pytest.mark.parametrize(
    "body", [b"", b"{", b'"x"', b"[]", b"null", b'{"code":"\\ud800"}', b"\xff"]
)
def test_a_body_that_is_no_object_is_refused(zhao: Visitor, body: bytes) -> None:
    answer = zhao.http.post(
        "/api/v1/verifications", data=body, content_type="application/json", headers=zhao._csrf()
    )
    assert refusal(answer) in ((400, "bad_request"), (422, "invalid"))


def test_a_form_is_no_json(zhao: Visitor) -> None:
    form = {"code": "x", "item": RENEWAL}
    answer = zhao.http.post("/api/v1/verifications", data=form, headers=zhao._csrf())
    assert refusal(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "persona", ["holder-li", "counter-wang", "issuer-chen", "manager-sun", "auditor-he"]
)
def test_only_desks_verify(app: Flask, li: Visitor, zhao: Visitor, persona: str) -> None:
    code = show(li)
    assert refusal(ask(sign_in(app, persona), code["text"])) == (403, "not_permitted")
    assert refusal(ask(Visitor(app), code["text"])) == (401, "not_signed_in")
    assert verify(zhao, code["text"])["verdict"] == "accepted"


def test_a_desk_needs_its_csrf_token(li: Visitor, zhao: Visitor) -> None:
    body = {"code": show(li)["text"], "item": RENEWAL}
    assert refusal(zhao.http.post("/api/v1/verifications", json=body)) == (403, "csrf_failed")
    assert zhao.post("/api/v1/verifications", body).get_json()["verdict"] == "accepted"


def test_a_client_names_its_terminal_and_each_terminal_is_a_desk(
    li: Visitor, reception: Machine
) -> None:
    code = show(li)
    assert refusal(ask(reception, code["text"])) == (422, "terminal_required")
    first = verify(reception, code["text"], terminal="自助机 1")
    assert (first["verdict"], first["repeated"]) == ("accepted", False)
    again = verify(reception, code["text"], terminal="自助机 1")
    assert (again["id"], again["repeated"]) == (first["id"], True)
    other = verify(reception, code["text"], terminal="自助机 2")
    assert other["reason"] == "already_used"
    assert state(li, code)["terminal"] == "自助机 1"


def test_a_client_that_may_not_verify_is_refused(app: Flask, deps: Deps, li: Visitor) -> None:
    issuer = machine(app, deps.config.data, "issuer")
    answer = ask(issuer, show(li)["text"], terminal="1")
    assert refusal(answer) == (403, "not_permitted")
