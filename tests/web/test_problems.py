"""Every error is a problem with a slug; the unknown ones reveal nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs

from tests.support.people import sign_in
from wallet import errors
from wallet.web.guards import guard, public

SECRET = "150602199003077513 李明 /var/lib/secret"
MEMBERS = {"type", "title", "status", "detail", "slug"}


@pytest.fixture
def failing(own_app: Flask) -> Callable[[Exception], Any]:
    """Ask a route of the API that raises what it is told to."""
    raised: list[Exception] = []

    @guard(public())
    def fail() -> NoReturn:
        raise raised[-1]

    own_app.add_url_rule("/api/v1/failing", "failing", fail)

    def ask(error: Exception) -> Any:
        raised.append(error)
        return own_app.test_client().get("/api/v1/failing")

    return ask


DOMAIN = {
    errors.NotSignedIn: (401, "not_signed_in"),
    errors.NotPermitted: (403, "not_permitted"),
    errors.StepUpRequired: (403, "step_up_required"),
    errors.NotFound: (404, "not_found"),
    errors.Conflict: (409, "conflict"),
    errors.Invalid: (422, "invalid"),
    errors.TooMany: (429, "too_many_requests"),
    errors.Unavailable: (503, "unavailable"),
}


def test_every_domain_error_has_its_status_and_slug(failing: Callable[[Exception], Any]) -> None:
    kinds = set(errors.DomainError.__subclasses__())
    assert kinds == DOMAIN.keys()
    for kind, (status, slug) in DOMAIN.items():
        answer = failing(kind("请再试。"))
        assert answer.content_type == "application/problem+json"
        problem = answer.get_json()
        assert problem.keys() == MEMBERS
        assert (answer.status_code, problem["status"], problem["slug"]) == (status, status, slug)
        assert (problem["type"], problem["detail"]) == (f"/problems/{slug}", "请再试。")
        assert failing(kind("请再试。", "own_slug")).get_json()["slug"] == "own_slug"


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(SECRET),
        KeyError(SECRET),
        ValueError(SECRET),
        RecursionError(SECRET),
        MemoryError(SECRET),
        UnicodeEncodeError("utf-8", SECRET, 0, 1, SECRET),
    ],
)
def test_an_unknown_error_is_500_and_reveals_nothing(
    failing: Callable[[Exception], Any], error: Exception
) -> None:
    answer = failing(error)
    problem = answer.get_json()
    assert (answer.status_code, problem["slug"]) == (500, "internal_error")
    assert problem.keys() == MEMBERS
    for word in (*SECRET.split(), type(error).__name__, "Traceback", ".py"):
        assert word not in answer.text


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT", {"code": SECRET}, sqlite3.OperationalError(SECRET)),
        PoolTimeout(SECRET),
    ],
)
def test_a_database_that_is_away_is_503_and_reveals_nothing(
    failing: Callable[[Exception], Any], error: Exception
) -> None:
    answer = failing(error)
    assert (answer.status_code, answer.get_json()["slug"]) == (503, "unavailable")
    assert not [word for word in SECRET.split() if word in answer.text]


def test_neither_the_answer_nor_the_log_repeats_a_value_of_a_row(
    failing: Callable[[Exception], Any],
) -> None:
    with capture_logs() as logged:
        failing(IntegrityError("INSERT", {"code": SECRET}, sqlite3.IntegrityError(SECRET)))
    assert [line["event"] for line in logged] == ["database unavailable"]
    assert not [word for word in SECRET.split() if word in str(logged)]


def test_while_the_database_is_away_every_guarded_call_is_503(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = sign_in(app, "holder-li")

    def away(*_arguments: Any, **_more: Any) -> NoReturn:
        raise OperationalError("", None, sqlite3.OperationalError("away"))

    monkeypatch.setattr("sqlalchemy.engine.Engine.connect", away)
    for path in ("/api/v1/me", "/api/v1/me/licences", "/api/v1/catalogue", "/api/v1/items"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.get_json()["slug"]) == (503, "unavailable"), path
    assert visitor.post("/api/v1/verifications", {"code": "x", "item": "x"}).status_code == 503
    page = visitor.get("/wallet", headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert visitor.get("/healthz").status_code == 200
    ready = visitor.get("/readyz")
    assert (ready.status_code, ready.get_json()) == (
        503, {"status": "unready", "database": "unreachable", "redis": "off"}
    )  # fmt: skip
    monkeypatch.undo()
    assert visitor.get("/api/v1/me").status_code == 200
    assert visitor.get("/readyz").status_code == 200


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        (BROWSER, "text/html"),
        ("text/html", "text/html"),
        ("application/json, text/html;q=0.1", "text/html"),
        ("text/html;q=0", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("text/*", "application/problem+json"),
        ("*/*", "application/problem+json"),
        ("", "application/problem+json"),
    ],
)
def test_who_asks_for_html_by_name_gets_a_page_and_a_program_a_problem(
    app: Flask, accept: str, mimetype: str
) -> None:
    answer = app.test_client().get("/nothing", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (404, mimetype)


@pytest.mark.parametrize(
    "path",
    ["/api/v1/nothing", "/healthz/x", "/readyz/x", "/metrics", "/demo/x", "/oauth/x",
     "/.well-known/x", "/static/x"],
)  # fmt: skip
def test_where_programs_ask_a_problem_is_json_whoever_asks(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, headers={"Accept": BROWSER})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
