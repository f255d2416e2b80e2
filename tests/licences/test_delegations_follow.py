"""A delegation goes over to the newer version of its licence; one that has ended does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select

from tests.support.licences import food_licence, issue, stored_licence
from tests.support.people import machine, sign_in
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps
from wallet.config import Config
from wallet.holders.model import Account
from wallet.licences.model import Delegation, DelegationLicence


def _delegate(deps: Deps, identifier: str, *, ended: bool) -> None:
    licence, now = stored_licence(deps, identifier), read_clock()
    with deps.db.begin() as tx:
        accounts = {
            row.login: row
            for row in tx.execute(select(Account.login, Account.id, Account.holder_id))
        }
        values = {
            "grantor_id": accounts["holder-li"].holder_id,
            "account_id": accounts["delegate-li"].id,
            "starts_on": local_day(now) - timedelta(days=1),
            "ends_on": None,
            "ended_at": now if ended else None,
        }
        delegation = tx.execute(insert(Delegation).returning(Delegation.id), values).scalar_one()
        tx.execute(
            insert(DelegationLicence), {"delegation_id": delegation, "licence_id": licence.id}
        )


@pytest.mark.parametrize("ended", [False, True])
def test_the_delegate_holds_the_newer_version_while_the_delegation_lasts(
    app: Flask, config: Config, deps: Deps, *, ended: bool
) -> None:
    issuer, delegate = machine(app, config.data, "issuer"), sign_in(app, "delegate-li")
    body = food_licence(config.data)
    first = issue(issuer, body)["identifier"]
    _delegate(deps, first, ended=ended)
    second = issue(issuer, body | {"version": 2})["identifier"]
    held = delegate.get("/api/v1/me/licences?limit=200").get_json()["items"]
    roles = {entry["identifier"]: entry["role"] for entry in held}
    assert first not in roles
    assert roles.get(second) == (None if ended else "delegate")
    opened = delegate.post("/api/v1/me/codes", {"licences": [second]})
    assert opened.status_code == (404 if ended else 201), opened.text
