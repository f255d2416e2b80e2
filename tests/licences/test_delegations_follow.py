"""A delegation goes over to the newer version of its licence; one that has ended does not."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.delegations import delegate
from tests.support.licences import food_licence, issue
from tests.support.people import machine, sign_in
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.config import Config


@pytest.mark.parametrize("ended", [False, True])
def test_the_delegate_holds_the_newer_version_while_the_delegation_lasts(
    app: Flask, config: Config, deps: Deps, *, ended: bool
) -> None:
    issuer, phone = machine(app, config.data, "issuer"), sign_in(app, "delegate-li")
    body = food_licence(config.data)
    first = issue(issuer, body)["identifier"]
    now = read_clock()
    delegate(deps, now, "holder-li", first, ended_at=now if ended else None)
    second = issue(issuer, body | {"version": 2})["identifier"]
    held = phone.get("/api/v1/me/licences?limit=200").get_json()["items"]
    roles = {entry["identifier"]: entry["role"] for entry in held}
    assert first not in roles
    assert roles.get(second) == (None if ended else "delegate")
    opened = phone.post("/api/v1/me/codes", {"licences": [second]})
    assert opened.status_code == (404 if ended else 201), opened.text
