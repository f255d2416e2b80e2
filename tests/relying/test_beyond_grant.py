"""A request beyond its grant is refused before anything is consumed, recorded and alerted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.clock import Clock
from tests.support.grants import change_grant
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    DRIVING,
    FOOD,
    IDENTITY,
    RENEWAL,
    ask,
    midnight_after,
    new_events,
    refusal,
    row_counts,
    show,
    state,
    verify,
)
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem

CHANGE_ELSEWHERE = "food-permit-change"
"""An item of another hall, which sees the food permit as well."""
BANK_ACCOUNT = "bank-merchant-account"
"""An item of the bank that needs the holder's consent."""


def assert_beyond(
    deps: Deps, desk: Visitor, text: str, item: str, types: list[int], cause: str
) -> dict[str, Any]:
    """403, one event and one alert, and no other row; the event names only items that there are."""
    with deps.db.read() as tx:
        known = tx.execute(select(UseItem.code).where(UseItem.code == item)).scalar_one_or_none()
    before = row_counts(deps)
    with new_events(deps) as added:
        assert refusal(ask(desk, text, item)) == (403, "not_permitted")
    ((name, fields),) = added
    assert name == "verification.refused_beyond_grant"
    assert (fields["item"], fields["types"], fields["cause"]) == (known, types, cause)
    after = row_counts(deps)
    assert after == before | {
        "oversteps": after["oversteps"],
        "beyond_days": after["beyond_days"],
        "audit_events": before["audit_events"] + 1,
        "alerts": before["alerts"] + fields["alert"],
    }
    return fields


@pytest.mark.parametrize(
    "item",
    ["no-such-item", "李明 150602199003077513", CHANGE_ELSEWHERE, BANK_ACCOUNT, RENEWAL.upper(),
     f"{RENEWAL} "],
)  # fmt: skip
def test_an_item_that_is_unknown_or_another_units_is_refused(
    li: Visitor, zhao: Visitor, deps: Deps, item: str
) -> None:
    code = show(li)
    fields = assert_beyond(deps, zhao, code["text"], item, [], "item")
    assert fields["actor"] == zhao.get("/api/v1/me").get_json()["account"]
    assert state(li, code)["state"] == "waiting"
    assert verify(zhao, code["text"])["verdict"] == "accepted"


def test_the_item_is_judged_before_the_text(zhao: Visitor, deps: Deps) -> None:
    assert_beyond(deps, zhao, "not a code", "no-such-item", [], "item")
    assert verify(zhao, "not a code")["reason"] == "malformed"


def test_an_item_that_asks_for_consent_needs_a_grant_like_any_other(
    app: Flask, li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    bank = sign_in(app, "desk-bank")
    code = show(li, DRIVING)
    assert_beyond(deps, bank, code["text"], BANK_ACCOUNT, [8], "type")
    assert_beyond(deps, bank, code["text"], RENEWAL, [], "item")
    assert state(li, code)["state"] == "waiting"


def test_a_licence_type_beyond_the_grant_is_refused_and_its_code_is_good_elsewhere(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    code = show(li, DRIVING)
    assert_beyond(deps, zhao, code["text"], RENEWAL, [8], "type")
    assert verify(zhao, code["text"], IDENTITY)["verdict"] == "accepted"


def test_one_type_beyond_the_grant_refuses_the_whole_code(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    assert_beyond(deps, zhao, show(li, FOOD, DRIVING)["text"], RENEWAL, [1, 8], "type")
    assert_beyond(deps, zhao, show(li, DRIVING, FOOD)["text"], IDENTITY, [8, 1], "type")


def test_a_code_that_cannot_be_read_is_judged_before_its_type(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    code = show(li, DRIVING)
    clock.advance(90)
    assert verify(zhao, code["text"])["reason"] == "expired"


def _suspended(deps: Deps, now: datetime) -> None:
    change_grant(deps, suspended_at=now)


def _begins_tomorrow(deps: Deps, now: datetime) -> None:
    change_grant(deps, starts_on=local_day(now) + timedelta(days=1))


def _ended_yesterday(deps: Deps, now: datetime) -> None:
    change_grant(deps, ends_on=local_day(now) - timedelta(days=1))


@pytest.mark.parametrize(
    ("end", "cause"),
    [(_suspended, "suspended"), (_begins_tomorrow, "not_begun"), (_ended_yesterday, "ended")],
)
def test_a_grant_that_is_not_in_force_is_no_grant(
    li: Visitor,
    zhao: Visitor,
    deps: Deps,
    clock: Clock,
    end: Callable[[Deps, datetime], None],
    cause: str,
) -> None:
    end(deps, clock.now)
    assert_beyond(deps, zhao, show(li)["text"], RENEWAL, [], cause)
    assert RENEWAL not in zhao.get("/api/v1/me").get_json()["items"]
    assert verify(zhao, show(li)["text"], "open-a-shop")["verdict"] == "accepted"


def test_a_grant_holds_on_its_first_and_last_local_day(
    app: Flask, deps: Deps, clock: Clock
) -> None:
    today = local_day(clock.now)
    tomorrow = midnight_after(clock.now)

    def asked_at(seconds: int) -> int:
        clock.now = tomorrow + timedelta(seconds=seconds)
        text = show(sign_in(app, "holder-li"))["text"]
        return ask(sign_in(app, "desk-zhao"), text).status_code

    change_grant(deps, starts_on=today, ends_on=today)
    assert [asked_at(-1), asked_at(0)] == [200, 403]
    change_grant(deps, starts_on=today + timedelta(days=1), ends_on=None)
    assert [asked_at(-1), asked_at(0)] == [403, 200]
