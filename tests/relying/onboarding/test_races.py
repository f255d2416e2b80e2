"""Two who press at once: one of them is first, and the other is told so; nothing is granted twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from flask import Flask

from tests.support.applications import (
    APPLICATIONS,
    LOAN,
    loan_content,
    passed,
    step,
    submitted,
    took,
)
from tests.support.people import Visitor
from tests.support.staff import staff_of
from tests.support.units import DISTRICT, told
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.errors import DomainError
from wallet.organisations.sign_in import RESPONSIBLE
from wallet.relying.onboarding.apply import withdraw_application, write_application
from wallet.relying.onboarding.decide import approve_application, file_scenario
from wallet.relying.onboarding.rights import end_right, open_right
from wallet.web.principal import Principal

AT_ONCE = 4


def _at_once(journeys: Sequence[Callable[[], object]]) -> list[str]:
    """The slug of each one's refusal, empty where it was taken."""
    barrier = Barrier(len(journeys))

    def run(journey: Callable[[], object]) -> str:
        barrier.wait()
        try:
            journey()
        except DomainError as refused:
            return refused.slug
        return ""

    with ThreadPoolExecutor(len(journeys)) as pool:
        return list(pool.map(run, journeys))


def _responsible(deps: Deps) -> Principal:
    return replace(staff_of(deps, "desk-bank"), roles=frozenset({RESPONSIBLE}))


def test_an_application_is_begun_once(bank: Visitor, deps: Deps) -> None:
    who, now = _responsible(deps), read_clock()
    begin = [lambda: write_application(deps, who, LOAN, loan_content(), now)] * AT_ONCE
    assert sorted(_at_once(begin)) == ["", *["application_exists"] * (AT_ONCE - 1)]


def test_it_is_approved_once_or_taken_back(
    app: Flask, bank: Visitor, sun: Visitor, deps: Deps
) -> None:
    made = submitted(bank)
    took(step(sun, made, "review", {"decision": "pass"}))
    party, now = _responsible(deps), read_clock()
    above = [staff_of(deps, login) for login in ("manager-wu", "manager-han")]
    approve = [lambda who=who: approve_application(deps, who, made, "approve", "", now)
               for who in above]  # fmt: skip
    said = _at_once([*approve, lambda: withdraw_application(deps, party, made, now)])
    # Whoever was first; it may be taken back after its approval as well.
    assert said[:2].count("") <= 1
    assert said.count("") in (1, 2)
    assert len(told(app, "application.approved")) == said[:2].count("")
    state = bank.get(f"{APPLICATIONS}/{made}").get_json()["state"]
    assert state == ("approved" if said[2] else "withdrawn")


def test_it_is_filed_and_granted_once(
    app: Flask, bank: Visitor, sun: Visitor, wu: Visitor, deps: Deps
) -> None:
    made = submitted(bank)
    passed(sun, wu, made)
    party, now = _responsible(deps), read_clock()
    above = [staff_of(deps, login) for login in ("manager-sun", "manager-wu", "manager-han")]
    file = [lambda who=who: file_scenario(deps, who, made, "专网传输", now) for who in above]
    said = _at_once([*file, lambda: withdraw_application(deps, party, made, now)])
    assert sorted(said) == ["", *["application_state"] * 3]
    granted = said[:3].count("")
    assert len(told(app, "grant.given")) == len(told(app, "application.filed")) == granted


def test_a_right_is_open_once_whoever_opens_and_ends_it(sun: Visitor, deps: Deps) -> None:
    now = read_clock()
    above = [staff_of(deps, login) for login in ("manager-sun", "manager-wu", "manager-han")]
    act = [lambda who=who: open_right(deps, who, DISTRICT, None, now) for who in above]
    end = [lambda who=who: end_right(deps, who, DISTRICT, now) for who in above]
    assert set(_at_once([*act, *end])) <= {"", "no_right"}
    listed = [one["unit"] for one in sun.get("/api/v1/approval-rights").get_json()["items"]]
    assert listed.count(DISTRICT) == 1
