"""A version of an item may be published for a day to come: from that day on it counts, and not before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.items import EDITOR, begun_item, item_content, step
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import RENEWAL, events, refusal
from wallet import numbers
from wallet.base.clock import local_day
from wallet.catalogue.use_list.due import publish_due_items


@pytest.fixture
def reviewed(app: Flask, clock: Clock) -> str:
    """The id of a reviewed version that asks its holders."""
    editor, sun = sign_in(app, EDITOR), sign_in(app, "manager-sun")
    draft = begun_item(editor, RENEWAL, item_content(app) | {"consent": "ask"})
    assert step(editor, draft, "submission").status_code == 200
    assert step(sun, draft, "review", {"decision": "pass"}).status_code == 200
    return draft


def consent(app: Flask) -> str:
    said: str = Visitor(app).get(f"/api/v1/items/{RENEWAL}").get_json()["consent"]
    return said


def test_it_counts_from_its_day_on(app: Flask, clock: Clock, reviewed: str) -> None:
    sun, deps = sign_in(app, "manager-sun"), deps_of(app)
    day = local_day(clock.now) + timedelta(days=3)
    told = step(sun, reviewed, "publication", {"from": day.isoformat()}).get_json()
    assert (told["state"], told["counts_from"]) == ("scheduled", day.isoformat())
    assert [one["act"] for one in told["steps"]][-1] == "scheduled"
    assert publish_due_items(deps, clock.now + timedelta(days=2), 100) == 0
    assert consent(app) == "none"
    due = clock.now + timedelta(days=3)
    assert [publish_due_items(deps, due, 100) for _ in range(2)] == [1, 0]
    assert consent(app) == "ask"
    versions = Visitor(app).get(f"/api/v1/items/{RENEWAL}/versions").get_json()["items"]
    assert [one["version"] for one in versions] == [1, 2]
    assert [name for name, _ in events(deps, "use_item.")][-2:] == [
        "use_item.scheduled", "use_item.published",
    ]  # fmt: skip


def test_today_is_at_once_and_a_scheduled_one_may_be_given_another_day(
    app: Flask, clock: Clock, reviewed: str
) -> None:
    sun, today = sign_in(app, "manager-sun"), local_day(clock.now)
    for days in (5, 2):
        day = (today + timedelta(days=days)).isoformat()
        told = step(sun, reviewed, "publication", {"from": day}).get_json()
        assert told["counts_from"] == day
    told = step(sun, reviewed, "publication", {"from": today.isoformat()}).get_json()
    assert (told["state"], consent(app)) == ("published", "ask")
    assert publish_due_items(deps_of(app), clock.now + timedelta(days=9), 100) == 0


@pytest.mark.parametrize("days", [-1, numbers.PUBLISH_AHEAD_DAYS + 1])
def test_a_day_that_has_passed_or_is_too_far_is_refused(
    app: Flask, clock: Clock, reviewed: str, days: int
) -> None:
    day = local_day(clock.now) + timedelta(days=days)
    answer = step(sign_in(app, "manager-sun"), reviewed, "publication", {"from": day.isoformat()})
    assert refusal(answer) == (422, "publication_day")


def test_a_scheduled_one_is_returned_or_ends_with_its_item(
    app: Flask, clock: Clock, reviewed: str
) -> None:
    sun, deps = sign_in(app, "manager-sun"), deps_of(app)
    day = {"from": (local_day(clock.now) + timedelta(days=1)).isoformat()}
    step(sun, reviewed, "publication", day)
    told = step(sun, reviewed, "review", {"decision": "return", "reason": "写错了"}).get_json()
    assert (told["state"], told["counts_from"]) == ("returned", None)
    assert step(sign_in(app, EDITOR), reviewed, "submission").status_code == 200
    step(sun, reviewed, "review", {"decision": "pass"})
    step(sun, reviewed, "publication", day)
    answer = sun.post(f"/api/v1/items/{RENEWAL}/withdrawal", {"reason": "不再办理"})
    assert answer.status_code == 204
    assert publish_due_items(deps, clock.now + timedelta(days=1), 100) == 0


def test_a_rule_that_it_breaks_meanwhile_returns_it_with_the_sentence(
    app: Flask, clock: Clock, reviewed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sun, deps = sign_in(app, "manager-sun"), deps_of(app)
    day = {"from": (local_day(clock.now) + timedelta(days=1)).isoformat()}
    step(sun, reviewed, "publication", day)
    monkeypatch.setattr("wallet.numbers.CHANNEL_MIN", 10_000)
    assert publish_due_items(deps, clock.now + timedelta(days=1), 100) == 1
    told = sign_in(app, EDITOR).get(f"/api/v1/item-drafts/{reviewed}").get_json()
    assert told["state"] == "returned"
    assert (told["steps"][-1]["account"], bool(told["steps"][-1]["reason"])) == ("schedule", True)
    assert consent(app) == "none"


def test_the_page_takes_a_day_and_says_it(app: Flask, clock: Clock, reviewed: str) -> None:
    sun = sign_in(app, "manager-sun")
    day = (local_day(clock.now) + timedelta(days=7)).isoformat()
    path = f"/manager/items/{reviewed}"
    token = sun.http.get_cookie("csrf_token")
    assert token is not None
    form = {"csrf_token": token.value, "decision": "publish"}
    assert sun.http.post(f"{path}/decision", data=form | {"from": "31.1."}).status_code == 422
    assert sun.http.post(f"{path}/decision", data=form | {"from": day}).status_code == 303
    assert f"自 {day} 起生效" in sun.get(path).text
