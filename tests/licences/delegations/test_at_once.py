"""What happens at the same moment: offers beyond the limit, an answer and an end, an end and a use."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.licences.delegations.test_limits import CODES
from tests.support.clock import Clock
from tests.support.delegations import body_of, listed, offered, person_of, principal_of
from tests.support.licences import food_licence, issue
from tests.support.people import Visitor, machine, sign_in
from tests.support.showing import FOOD, RENEWAL, identifier_of, show, verify
from wallet import numbers
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps
from wallet.config import Config
from wallet.errors import DomainError
from wallet.licences.delegations.answer import answer, end
from wallet.licences.delegations.model import Delegation
from wallet.licences.delegations.offer import NewDelegation, offer
from wallet.licences.delegations.others import check_others


def at_once(*calls: Callable[[], object]) -> list[str]:
    """Run them in threads that begin together; the slug of each that was refused, else empty."""
    together = Barrier(len(calls))

    def run(call: Callable[[], object]) -> str:
        together.wait()
        try:
            call()
        except DomainError as refused:
            return refused.slug or type(refused).__name__
        return ""

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_offers_beyond_the_limit_at_once_as_many_are_made_as_may_be(
    deps: Deps, li: Visitor, clock: Clock
) -> None:
    principal, food = principal_of(deps, "holder-li"), identifier_of(li, FOOD)
    last = local_day(clock.now) + timedelta(days=9)
    calls = [
        partial(offer, deps, principal, NewDelegation("111", code, "演示", [food], None, None, last), clock.now)
        for code in CODES
    ]  # fmt: skip
    refused = [slug for slug in at_once(*calls) if slug]
    assert refused == ["too_many_delegates"]
    with deps.db.read() as tx:
        made = tx.execute(
            select(func.count()).where(Delegation.grantor_id == principal.holder_id)
        ).scalar_one()
    assert made == numbers.FAMILY_DELEGATES_MAX


def test_the_same_offer_at_once_is_made_once(deps: Deps, li: Visitor, clock: Clock) -> None:
    principal, food = principal_of(deps, "holder-li"), identifier_of(li, FOOD)
    last = local_day(clock.now) + timedelta(days=9)
    new = NewDelegation("111", CODES[0], "演示", [food], None, None, last)
    refused = at_once(*[partial(offer, deps, principal, new, clock.now)] * 4)
    assert sorted(refused) == ["", *["delegation_exists"] * 3]


def test_an_answer_and_an_end_at_once_leave_one_of_both(
    deps: Deps, li: Visitor, granddaughter: Visitor, clock: Clock
) -> None:
    grantor, delegate = principal_of(deps, "holder-li"), principal_of(deps, "delegate-li")
    for _ in range(4):
        made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))["id"]
        accepting, ending = at_once(
            partial(answer, deps, delegate, made, clock.now, accept=True),
            partial(end, deps, grantor, made, clock.now),
        )
        (state,) = [one["state"] for one in listed(li, "given") if one["id"] == made]
        assert ending == ""
        # Whichever was first, nothing is left that counts.
        assert state == ("ended" if accepting == "" else "withdrawn")
        assert accepting in ("", "delegation_ended", "NotFound")


def test_what_is_judged_after_an_end_was_answered_is_refused(
    app: Flask, deps: Deps, li: Visitor, granddaughter: Visitor, zhao: Visitor, clock: Clock
) -> None:
    grantor, delegate = principal_of(deps, "holder-li"), principal_of(deps, "delegate-li")
    made = offered(li, body_of(clock.now, "delegate-li", identifier_of(li, FOOD)))["id"]
    answer(deps, delegate, made, clock.now, accept=True)
    code = show(granddaughter, FOOD, role="delegate")["text"]
    verdicts: list[str] = []
    at_once(
        partial(end, deps, grantor, made, clock.now),
        lambda: verdicts.append(verify(zhao, code, RENEWAL)["reason"]),
    )
    assert verdicts[0] in ("ok", "withdrawn")
    assert verify(zhao, code, RENEWAL)["reason"] in (
        {"ok": "already_used", "withdrawn": "withdrawn"}[verdicts[0]],
        "withdrawn",
    )


def test_an_offer_made_while_a_newer_version_is_issued_covers_that_version(
    app: Flask, config: Config, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer, li = machine(app, config.data, "issuer"), principal_of(deps, "holder-li")
    body = food_licence(config.data)
    first = issue(issuer, body)["identifier"]
    person, last = person_of("delegate-li"), local_day(read_clock()) + timedelta(days=9)
    new = NewDelegation(
        person["code_type"], person["code"], person["name"], [first], None, None, last
    )
    with ThreadPoolExecutor(1) as pool:
        issuing: list[Future[dict[str, Any]]] = []

        def begun(*given: Any) -> None:
            issuing.append(pool.submit(issue, issuer, body | {"version": 2}))
            check(*given)

        check = check_others
        monkeypatch.setattr("wallet.licences.delegations.offer.check_others", begun)
        made = offer(deps, li, new, read_clock())
        second = issuing[0].result()["identifier"]
    answer(deps, principal_of(deps, "delegate-li"), made, read_clock(), accept=True)
    delegate = sign_in(app, "delegate-li")
    assert delegate.post("/api/v1/me/codes", {"licences": [second]}).status_code == 201


@pytest.mark.parametrize("newer", [numbers.FAMILY_DELEGATES_MAX - 1, numbers.FAMILY_DELEGATES_MAX])
def test_an_acceptance_that_waited_makes_no_sixth_delegate(
    deps: Deps, li: Visitor, granddaughter: Visitor, clock: Clock, newer: int
) -> None:
    """It was sent before the offer lapsed, and comes to its turn after others were offered instead."""
    grantor, delegate = principal_of(deps, "holder-li"), principal_of(deps, "delegate-li")
    food = identifier_of(li, FOOD)
    made = offered(li, body_of(clock.now, "delegate-li", food))["id"]
    lapsed = clock.now + timedelta(days=numbers.DELEGATION_ANSWER_DAYS, seconds=1)
    last = local_day(lapsed) + timedelta(days=9)
    for code in CODES[:newer]:
        offer(deps, grantor, NewDelegation("111", code, "演示", [food], None, None, last), lapsed)
    sent = lapsed - timedelta(seconds=2)
    (refused,) = at_once(partial(answer, deps, delegate, made, sent, accept=True))
    assert refused == ("delegation_ended" if newer == numbers.FAMILY_DELEGATES_MAX else "")


def test_an_acceptance_that_waited_gives_no_licence_twice(
    deps: Deps, li: Visitor, granddaughter: Visitor, clock: Clock
) -> None:
    grantor, delegate = principal_of(deps, "holder-li"), principal_of(deps, "delegate-li")
    food = identifier_of(li, FOOD)
    made = offered(li, body_of(clock.now, "delegate-li", food))["id"]
    lapsed = clock.now + timedelta(days=numbers.DELEGATION_ANSWER_DAYS, seconds=1)
    person, last = person_of("delegate-li"), local_day(lapsed) + timedelta(days=9)
    again = NewDelegation(
        person["code_type"], person["code"], person["name"], [food], None, None, last
    )
    newer = offer(deps, grantor, again, lapsed)
    sent = lapsed - timedelta(seconds=2)
    (refused,) = at_once(partial(answer, deps, delegate, made, sent, accept=True))
    assert refused == "delegation_ended"
    assert at_once(partial(answer, deps, delegate, newer, lapsed, accept=True)) == [""]
