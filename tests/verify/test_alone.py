"""A desk that runs alone judges with its bundles, refuses what was used here, and records it all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any, Final

import pytest

from tests.support.bundles import Answer, a_bundle, serving
from tests.support.codes import cases, make, signer, twin
from tests.support.lone_desk import NOW, Alone
from verify.check import check
from verify.codes import CLOCK_TOLERANCE
from verify.fetch import REFRESH_PAUSE
from verify.trust import TRUST_LIMIT, gather, load_trust, read_bundle
from verify.verdict import sentence

PAPER: Final = {"kind": "paper"}


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Alone]:
    """A desk that runs alone."""
    desk = Alone(tmp_path)
    yield desk
    desk.stop()


def lines(alone: Alone) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (alone.folder / "record").read_text("utf-8").splitlines()]


def judgement(alone: Alone, text: str, **changed: Any) -> dict[str, Any]:
    return {
        "id": "A" * 22,
        "code": text,
        "item": "offline",
        "judged_at": datetime.fromtimestamp(alone.now, UTC).isoformat(),
        "verdict": "accepted",
        "reason": "ok",
        **changed,
    }


def at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def tell(alone: Alone, *judgements: dict[str, Any]) -> list[dict[str, Any]]:
    answer = alone.page.post("/api/v1/offline-verifications", json={"judgements": judgements})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def test_a_good_code_is_accepted_with_what_was_not_checked_and_recorded_without_a_name(
    alone: Alone,
) -> None:
    verdict = alone.verdict(alone.code())
    assert (verdict["verdict"], verdict["offline"]) == ("accepted", True)
    assert "double_use" in verdict["unchecked"]
    assert verdict["licences"][0]["fields"][0]["value"] == "李*"
    assert datetime.fromisoformat(verdict["checked_at"]).timestamp() == NOW
    (line,) = lines(alone)
    assert line == {
        "id": verdict["id"],
        "at": NOW,
        "verdict": "accepted",
        "reason": "ok",
        "item": "offline",
        "jti": "AAECAwQFBgcICQoL",
        "ends_at": NOW + 60,
    }


def test_a_live_code_that_was_used_here_is_refused_even_after_a_restart(alone: Alone) -> None:
    text = alone.code()
    alone.verdict(text)
    for again in (text, twin(text), alone.code({"iat": 20, "exp": 80})):
        verdict = alone.verdict(again)
        assert (verdict["verdict"], verdict["reason"]) == ("refused", "already_used")
        assert verdict["licences"] == verdict["unchecked"] == []
        assert verdict["message"] == sentence("already_used")
    alone.stop()
    alone.start()
    assert alone.verdict(text)["reason"] == "already_used"
    assert alone.verdict(alone.code(jti="BBECAwQFBgcICQoL"))["verdict"] == "accepted"


def test_a_paper_code_may_be_shown_again(alone: Alone) -> None:
    text = alone.code({**PAPER, "claims": {"l": 3 << 20, "c": 3 << 20}})
    assert [alone.verdict(text)["verdict"] for _ in range(2)] == ["accepted"] * 2


def test_every_hostile_text_gets_the_reason_of_check_and_one_line(alone: Alone) -> None:
    expected, given = {}, {}
    trust = load_trust(alone.folder / "trust.json")
    for number, (name, case) in enumerate(cases().items()):
        text = make(case, replace(alone.library, jti=f"{number:016}"), int(alone.now))
        answer = alone.ask(text)
        if answer.status_code == 413:
            continue
        expected[name] = check(text, trust, alone.now).reason
        given[name] = answer.get_json()["reason"]
    assert given == expected
    assert len(lines(alone)) == len(given) > 100


def test_a_bundle_past_its_limit_leaves_it_open(alone: Alone) -> None:
    alone.now += TRUST_LIMIT
    verdict = alone.verdict(alone.code())
    assert (verdict["verdict"], verdict["reason"]) == ("undetermined", "trust_stale")


def test_no_record_no_answer_and_the_code_stays_good(
    alone: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_descriptor: int) -> None:
        raise OSError("no space left")

    text = alone.code()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        answers = [
            alone.ask(text),
            alone.page.post(
                "/api/v1/offline-verifications", json={"judgements": [judgement(alone, text)]}
            ),
        ]
    for answer in answers:
        assert (answer.status_code, answer.get_json()["slug"]) == (503, "unavailable")
        assert "no space" not in answer.text
    assert lines(alone) == []
    assert alone.verdict(text)["verdict"] == "accepted"


def test_a_verdict_may_be_looked_at_again_and_after_a_restart_without_what_it_showed(
    alone: Alone,
) -> None:
    verdict = alone.verdict(alone.code())
    path = f"/api/v1/verifications/{verdict['id']}"
    assert alone.page.get(path).get_json() == verdict
    alone.stop()
    alone.start()
    again = alone.page.get(path).get_json()
    assert (again["verdict"], again["checked_at"], again["licences"]) == (
        "accepted",
        verdict["checked_at"],
        [],
    )
    assert alone.page.get("/api/v1/verifications/another").status_code == 404


def test_only_the_last_verdicts_are_remembered_with_what_they_showed(alone: Alone) -> None:
    first = alone.verdict(alone.code())
    for _ in range(100):
        alone.verdict("not a code")
    assert alone.page.get(f"/api/v1/verifications/{first['id']}").get_json()["licences"] == []


def test_what_the_desk_did_next_is_said_once(alone: Alone) -> None:
    path = f"/api/v1/verifications/{alone.verdict(alone.code())['id']}/outcome"

    def say(outcome: str) -> int:
        return alone.page.post(path, json={"outcome": outcome}).status_code

    assert [say("served"), say("served"), say("not_served"), say("eaten")] == [204, 204, 409, 422]
    assert [line.get("served") for line in lines(alone)] == [None, "served"]
    other = alone.page.post("/api/v1/verifications/x/outcome", json={"outcome": "served"})
    assert other.status_code == 404


def test_another_item_than_its_own_is_not_permitted(alone: Alone) -> None:
    answer = alone.ask(alone.code(), "food-permit-renewal")
    assert (answer.status_code, answer.get_json()["slug"]) == (403, "not_permitted")
    assert lines(alone) == []


def test_what_the_page_judged_while_the_desk_was_away_is_taken_in_once(alone: Alone) -> None:
    one = judgement(alone, alone.code())
    alone.now += 3600
    (found,) = tell(alone, one)
    assert (found["verdict"], found["conflict"]) == ("accepted", False)
    assert tell(alone, one, one) == [found, found]
    assert len(lines(alone)) == 1
    other = {**one, "id": "B" * 22}
    (second,) = tell(alone, other)
    assert (second["verdict"], second["reason"], second["conflict"]) == (
        "refused",
        "already_used",
        True,
    )


def test_what_the_page_refused_is_kept_as_it_said_and_what_nobody_can_read_stays_open(
    alone: Alone,
) -> None:
    text = alone.code()
    (refused,) = tell(alone, judgement(alone, text, verdict="refused", reason="expired"))
    assert (refused["verdict"], refused["reason"], refused["conflict"]) == (
        "refused",
        "expired",
        False,
    )
    (unread,) = tell(alone, judgement(alone, "x", id="B" * 22))
    assert (unread["verdict"], unread["reason"], unread["conflict"]) == (
        "undetermined",
        "trust_stale",
        True,
    )
    assert alone.verdict(text)["verdict"] == "accepted"


class Rounds(Event):
    """Set after so many waits, which take no time; keeps how long they would have been."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.rounds = rounds
        self.pauses: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for nothing."""
        self.pauses.append(timeout or 0)
        return len(self.pauses) == self.rounds


def test_bundles_are_renewed_saved_and_kept_when_that_fails(
    alone: Alone, capsys: pytest.CaptureFixture[str]
) -> None:
    later, key = "2026-09-21T22:14:20+08:00", signer()
    fresh = json.dumps(a_bundle(key, as_of=later)).encode()
    stranger = json.dumps(a_bundle(replace(signer(), issuer="150100"), as_of=later)).encode()
    answers: list[Answer] = [(404, b"", {}), (200, stranger, {}), (200, fresh, {}), (404, b"", {})]
    rounds = Rounds(len(answers))
    with serving(*answers) as (address, _asked):
        alone.desk.refresh("150600", address, rounds)
    expected = gather([read_bundle(json.loads(fresh))])
    assert alone.desk.trust == load_trust(alone.folder / "trust.json") == expected
    first, second, third, fourth = rounds.pauses
    assert first <= 8 < second <= 16
    assert third == REFRESH_PAUSE
    assert fourth <= 8
    assert len(capsys.readouterr().err.splitlines()) == 3


@pytest.mark.parametrize(
    ("seconds", "slow"), [(CLOCK_TOLERANCE, False), (CLOCK_TOLERANCE + 1, True)]
)
def test_a_clock_that_the_library_found_slow_decides_nothing_until_it_is_found_right(
    alone: Alone, seconds: int, slow: bool
) -> None:
    """Also when it has come to the time of the bundle: a screenshot of before must not pass."""
    answers = [a_bundle(alone.library, as_of=at(NOW + late)) for late in (seconds, 600)]
    with serving(*[(200, json.dumps(one).encode(), {}) for one in answers]) as (address, _asked):
        alone.desk.renew("150600", address)
        alone.now += 300
        verdict = alone.verdict(alone.code())
        assert verdict["reason"] == ("trust_stale" if slow else "ok")
        assert bool(verdict["licences"]) is bool(verdict["unchecked"]) is not slow
        assert alone.verdict("x")["reason"] == "malformed"
        alone.now = NOW + 600
        alone.desk.renew("150600", address)
        assert alone.verdict(alone.code(jti="AAECAwQFBgcICQoM"))["reason"] == "ok"
