"""What managers see of grants and alerts, and how they suspend from the page."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.beyond import alerts, beyond, change_grant, grant_ids
from tests.support.hall import deps, li, zhao
from tests.support.people import Visitor, sign_in
from tests.support.showing import ask, show, verify
from tests.support.units import BESIDE, DISTRICT, manager_at
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps
from wallet.web.cookies import CSRF_COOKIE

__all__ = ["deps", "li", "zhao"]


def _send(visitor: Visitor, path: str, **fields: str) -> TestResponse:
    cookie = visitor.http.get_cookie(CSRF_COOKIE)
    assert cookie is not None
    return visitor.http.post(path, data={**fields, "csrf_token": cookie.value})


def test_an_alert_is_shown_above_its_unit_and_gone_once_it_is_seen_to(
    app: Flask, li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    beyond(ask(zhao, show(li)["text"], fields=["no_such_field"]))
    district, beside = manager_at(app, DISTRICT), manager_at(app, BESIDE)
    told = 'href="/manager/grants"><span class="mark">'
    assert [told in who.get("/manager").text for who in (district, beside)] == [True, False]
    page = district.get("/manager/grants").text
    assert "超出登记的信息" in page
    assert "desk-zhao" in page
    assert 'data-testid="no-alerts"' in beside.get("/manager/grants").text
    (alert,) = alerts(deps)
    assert _send(beside, f"/manager/alerts/{alert.id}/closure").status_code == 404
    assert _send(district, f"/manager/alerts/{alert.id}/closure").status_code == 303
    assert 'data-testid="no-alerts"' in district.get("/manager/grants").text


def test_a_grant_is_suspended_with_a_reason_and_lifted_again(
    app: Flask, li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    sun = sign_in(app, "manager-sun")
    path, text = f"/manager/grants/{grant_ids(deps)[0]}", show(li)["text"]
    assert path in sun.get("/manager/grants").text
    without = _send(sun, path, reason=" ")
    assert without.status_code == 422
    assert 'aria-invalid="true"' in without.text
    assert _send(sun, path, reason="正在核查").status_code == 303
    assert "正在核查" in sun.get(path).text
    beyond(ask(zhao, text))
    assert len(re.findall('data-testid="grant"', sun.get("/manager/grants?suspended=1").text)) == 1
    assert _send(sun, path, reason="再次").status_code == 409
    assert _send(sun, path, act="resume").status_code == 303
    assert verify(zhao, text)["verdict"] == "accepted"


def test_a_grant_that_has_ended_or_not_begun_is_not_shown_as_in_use(app: Flask, deps: Deps) -> None:
    sun, today = sign_in(app, "manager-sun"), local_day(read_clock())
    path = f"/manager/grants/{grant_ids(deps)[0]}"
    for values, word in (
        ({"ends_on": today}, "在用"),
        ({"ends_on": today - timedelta(days=1)}, "已到期"),
        ({"ends_on": None, "starts_on": today + timedelta(days=1)}, "尚未生效"),
    ):
        change_grant(deps, **values)
        state = re.search(r'data-testid="grant-state">(.*?)</dd>', sun.get(path).text)
        assert state is not None
        assert word in state[1]
