"""The issuer's home: what waits, what alarms, and the way there."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.support.batches import csv_of, row_of, work_all
from tests.support.licences import FOOD, food_licence
from tests.support.people import machine, sign_in
from tests.support.shared import deps_of
from wallet import numbers


def test_signing_in_leads_to_it_and_it_tells_what_waits_and_what_went_wrong(
    shared_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    deps = deps_of(shared_app)
    issuer = machine(shared_app, deps.config.data, "issuer")
    row = row_of(food_licence(deps.config.data), 有效期止="2000-01-01")
    sent = issuer.http.post(
        f"/api/v1/licence-batches?type={FOOD}",
        data=csv_of([row]),
        headers=issuer.headers | {"Content-Type": "text/csv"},
    ).get_json()
    work_all(deps)
    chen = sign_in(shared_app, "issuer-chen")
    assert chen.get("/").location == "/issuer"
    page = chen.get("/issuer").text
    assert "件待审核" in page
    assert f'href="/issuer/batches/{sent["id"]}">批量报送有 1 行未入库。' in page
    assert "条提醒" not in page
    monkeypatch.setattr(numbers, "ALARMS_SHOWN", 1)
    page = chen.get("/issuer").text
    assert sent["id"] not in page.partition('data-testid="alarms"')[2].partition("</ul>")[0]
    assert re.search("另有 [0-9]+ 条提醒。", page)
