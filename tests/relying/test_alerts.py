"""What an operator must hear of at once is one warning line in the log, of ids alone."""

from __future__ import annotations

import pytest
from flask import Flask
from structlog.testing import capture_logs

from tests.support.people import Machine, Visitor
from tests.support.showing import ask, events, refusal, show, verify
from wallet.base.deps import Deps

TERMINAL = "李明 150602199003077513"
"""A client names its terminals as it likes."""


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """These tests' showings do not meet."""
    return shared_app


def test_a_request_beyond_the_grant_is_alerted_by_ids_alone(
    li: Visitor, reception: Machine, deps: Deps
) -> None:
    code = show(li)
    with capture_logs() as logged:
        answer = ask(reception, code["text"], TERMINAL, terminal=TERMINAL)
    assert refusal(answer) == (403, "not_permitted")
    (line,) = logged
    assert line.keys() == {"event", "log_level", "actor", "unit", "session", "cause"}
    assert line["event"] == "verification.refused_beyond_grant"
    assert (line["log_level"], line["actor"]) == ("warning", _account(reception))
    assert events(deps)[-1][1]["item"] is None


def test_a_person_who_does_not_match_is_alerted_once(li: Visitor, reception: Machine) -> None:
    verdict = verify(reception, show(li)["text"], terminal=TERMINAL)
    path = f"/api/v1/verifications/{verdict['id']}/outcome"
    with capture_logs() as logged:
        for _ in range(2):
            assert reception.post(path, {"outcome": "person_mismatch"}).status_code == 204
    (line,) = logged
    assert line.keys() == {"event", "log_level", "actor", "unit", "session", "verification"}
    assert (line["event"], line["verification"]) == ("verification.person_mismatch", verdict["id"])
    assert (line["log_level"], line["actor"]) == ("warning", _account(reception))


def test_what_goes_as_it_should_is_not_alerted(li: Visitor, zhao: Visitor) -> None:
    with capture_logs() as logged:
        verdict = verify(zhao, show(li)["text"])
        path = f"/api/v1/verifications/{verdict['id']}/outcome"
        assert zhao.post(path, {"outcome": "not_served"}).status_code == 204
    assert [line for line in logged if line["log_level"] != "info"] == []


def _account(machine: Machine) -> str:
    account: str = machine.get("/api/v1/me").get_json()["account"]
    return account
