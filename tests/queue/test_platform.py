"""What becomes of licences and of the catalogue is pushed to the regional platform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.support.channels import Line
from tests.support.licences import FOOD, ISSUER_CODE
from tests.support.people import machine
from tests.support.platform_peer import Platform, running_platform
from tests.support.shared import deps_of
from tests.support.showing import events
from tests.support.statuses import SUSPEND, set_status
from verify.credential import read_credential
from wallet import numbers
from wallet.base import outbox
from wallet.base.webhooks import new_secret
from wallet.doctor import examine
from wallet.licences.exempt import exempt


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running_platform(new_secret()) as running:
        yield running


@pytest.fixture
def line(app: Flask, platform: Platform) -> Line:
    """The demo with that platform."""
    deps = deps_of(app)
    config = replace(
        deps.config,
        platform_url=platform.url,
        platform_client_id="ordos",
        platform_secret=platform.secret,
    )
    issuer = machine(app, deps.config.data, "issuer")
    return Line(app, replace(deps, config=config), issuer, "platform", platform.secret)


def test_a_licence_a_change_and_a_new_version_arrive_in_order_with_all_their_metadata(
    line: Line, platform: Platform
) -> None:
    number = "JY00000000000001"
    issued = line.issue(number=number, version=1)
    set_status(line.issuer, issued["identifier"], SUSPEND)
    line.issue(number=number, version=2)
    while line.send():
        pass
    assert [kind for kind, _ in platform.told] == [
        "licence.issued", "licence.status_changed", "licence.issued",
    ]  # fmt: skip
    (_, first), _, (_, last) = platform.told
    assert (first["number"], first["identifier"]) == (number, issued["identifier"])
    assert first["status"] == {"means": "suspended", "code": "02", "label": "暂扣"}
    assert (first["superseded"], last["superseded"], last["version"]) == (True, False, 2)
    assert last["changed"]["basis"] == SUSPEND["basis"]
    assert first["holders"][0]["name"] == "李明"
    assert first["issuing_unit"]["code"] == first["sealed"]["by"] == ISSUER_CODE
    assert first["defining_unit"]["code"] == first["type_code"][:18]
    assert first["extension"]["business_form"] == "3"
    said = read_credential(first["file"], line.deps.keys.public)
    assert said["number"] == number
    assert platform.received[0].headers["liangzheng-client"] == "ordos"
    assert [row.receipt for row in line.rows] == ["P-1", "P-2", "P-3"]


@pytest.mark.parametrize(
    ("word", "state", "error"),
    [("duplicate", "done", None), ("refuse", "dead", "field_missing"),
     ("busy", "waiting", "platform_99"), ("500", "waiting", "http_500")],
)  # fmt: skip
def test_its_answers_by_code(
    line: Line, platform: Platform, word: str, state: str, error: str | None
) -> None:
    platform.words = [word]
    line.issue()
    line.send()
    assert [(row.state, row.last_error) for row in line.rows] == [(state, error)]
    if state == "dead":
        assert events(line.deps, "dispatch.")[-1][0] == "dispatch.died"


def test_what_the_platform_does_not_take_yet_holds_no_other_up(
    line: Line, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        line.issue()
    answers = iter([{"code": 100}, {"code": 13}, {"code": 0, "receipt": "P-1"}])
    monkeypatch.setattr(platform, "take", lambda _request: (200, next(answers)))
    line.send()
    assert [(row.state, row.last_error) for row in line.rows] == [
        ("waiting", "platform_100"), ("waiting", "platform_13"), ("done", None),
    ]  # fmt: skip


def test_an_answer_that_never_comes_is_a_repeat_the_next_time(
    line: Line, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "DISPATCH_WAIT", 0.05)
    platform.words = ["timeout"]
    line.issue()
    line.send()
    platform.gone_on.set()
    monkeypatch.undo()
    line.later(seconds=60)
    line.send()
    assert len(platform.received) == 2
    assert len(platform.receipts) == 1
    assert [(row.state, row.receipt, row.attempts) for row in line.rows] == [("done", "P-1", 2)]


@pytest.mark.parametrize(
    "answer", [{}, {"code": None}, {"code": "x" * 9}, {"code": True}, {"code": 11}]
)
def test_an_answer_without_a_result_is_none(
    line: Line, platform: Platform, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]
) -> None:
    monkeypatch.setattr(platform, "take", lambda _request: (200, answer))
    line.issue()
    line.send()
    assert [row.state for row in line.rows] == ["waiting"]


def test_a_published_entry_of_the_catalogue_is_pushed(line: Line, platform: Platform) -> None:
    with line.deps.db.begin() as tx:
        outbox.put(tx, "catalogue.published", line.now, type=FOOD, version=1)
    line.fan_out()
    line.send()
    ((kind, entry),) = platform.told
    assert (kind, entry["code"]) == ("catalogue.published", FOOD)
    assert entry["fields"]


def test_what_is_exempt_from_the_seal_was_sealed_by_nobody(line: Line, platform: Platform) -> None:
    exempt(line.deps, "seal", ISSUER_CODE, FOOD, "《演示办法》第八条", None, line.now)
    line.issue()
    line.send()
    assert platform.told[0][1]["sealed"] is None


def test_without_a_platform_nothing_waits_for_it_and_the_doctor_says_so(
    app: Flask, line: Line
) -> None:
    line.deps = deps_of(app)
    line.issue()
    assert line.rows == []
    subjects = [one.subject for one in examine(line.deps.config, line.now)]
    assert "regional platform (not set up, nothing is pushed to it)" in subjects
