"""A code is never in a log line, nor is what it stands for."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from tests.support.people import Visitor
from tests.support.showing import (
    FOOD,
    ask,
    claims_of,
    created,
    identifier_of,
    next_code,
    refusal,
    show,
    verify,
)
from wallet.base import audit
from wallet.base.logs import configure_logging
from wallet.relying import judge


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """The log as a server writes it, at its most talkative."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging("debug")
    logging.getLogger().setLevel(logging.DEBUG)
    yield capsys
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def test_no_log_line_has_a_code_or_whom_it_shows(
    log: pytest.CaptureFixture[str],
    li: Visitor,
    zhao: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = show(li)
    text, identifier = code["text"], identifier_of(li, FOOD)
    verify(zhao, text[:-1])
    assert refusal(ask(zhao, text, "no-such-item"))[0] == 403

    def full_disk(*_: object, **values: object) -> None:
        raise OperationalError(f"INSERT {text}", {"code": text}, Exception("李明"))

    def broken(*_: object) -> None:
        raise RuntimeError(f"{text} 李明 150602199003077513")

    with monkeypatch.context() as faulty:
        faulty.setattr(audit, "record", full_disk)
        assert refusal(ask(zhao, text)) == (503, "unavailable")
    with monkeypatch.context() as faulty:
        faulty.setattr(judge, "read", broken)
        assert refusal(ask(zhao, text)) == (500, "internal_error")
    created(next_code(li, code))
    assert verify(zhao, text)["verdict"] == "accepted"

    lines = log.readouterr().out
    events = [json.loads(line)["event"] for line in lines.splitlines() if "unavail" in line]
    assert events == ["database unavailable"]
    assert "unexpected error" in lines
    secret = (
        text.partition("#")[2], *text.partition("#")[2].split("."), claims_of(text)["jti"],
        claims_of(text)["h"], code["id"], identifier, "李明", "150602199003077513",
    )  # fmt: skip
    assert [value for value in secret if value in lines] == []
