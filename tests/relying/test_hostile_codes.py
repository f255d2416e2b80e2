"""The desk and the public check give every hostile code the reason that the reader gives it."""

from __future__ import annotations

from collections import Counter

from flask import Flask

from tests.support.clock import Clock
from tests.support.codes import cases, make
from tests.support.library import account_id, library_signer, licence_id
from tests.support.people import Visitor
from tests.support.showing import FOOD, ask, events, identifier_of, refusal, row_counts
from verify.verdict import sentence
from wallet.base.deps import Deps
from wallet.showing.handle import Shower

CASES = cases()


def texts(deps: Deps, li: Visitor, clock: Clock) -> dict[str, str]:
    """Every case as a code of a showing of its own, signed by the library where it is signed."""
    shower = Shower(account_id(deps, "holder-li"), delegated=False)
    licence = licence_id(deps, identifier_of(li, FOOD))
    now = int(clock.now.timestamp())
    return {
        name: make(case, library_signer(deps, shower, [licence]), now)
        for name, case in CASES.items()
    }


def test_the_desk_gives_each_case_its_reason_and_records_each_once(
    deps: Deps, li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    expected = {
        name: case.get("http", case.get("online", case["reason"])) for name, case in CASES.items()
    }
    given: dict[str, int | str] = {}
    for name, text in texts(deps, li, clock).items():
        answer = ask(zhao, text)
        if answer.status_code != 200:
            given[name], _ = refusal(answer)
            continue
        verdict = answer.get_json()
        given[name] = verdict["reason"]
        if verdict["reason"] == "ok":
            assert verdict["verdict"] == "accepted"
            continue
        assert (verdict["verdict"], verdict["licences"]) == ("refused", [])
        assert verdict["message"] == sentence(verdict["reason"])
        assert verdict["shown_by"] == ("paper" if "online" in CASES[name] else None)
        assert verdict["legal_effect"] is None
    assert given == expected
    judged = Counter(reason for reason in expected.values() if isinstance(reason, str))
    assert Counter(fields["reason"] for _, fields in events(deps)) == judged
    counts = row_counts(deps)
    assert counts["verifications"] == judged.total()
    assert counts["claims"] == counts["uses"] == judged["ok"]


def test_the_public_check_calls_genuine_what_the_reader_calls_good(
    app: Flask, deps: Deps, li: Visitor, clock: Clock
) -> None:
    expected = {
        name: case.get("http", case.get("read", case["reason"]) == "ok")
        for name, case in CASES.items()
    }
    codes = texts(deps, li, clock)
    before = row_counts(deps)
    anyone = Visitor(app)
    given = {}
    for name, text in codes.items():
        answer = anyone.post("/api/v1/public/verifications", {"code": text})
        judged = answer.status_code == 200
        given[name] = answer.get_json()["genuine"] if judged else answer.status_code
    assert given == expected
    assert row_counts(deps) == before
