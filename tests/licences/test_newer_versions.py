"""A newer version keeps the serial and the suspension of the one before; revoked is final."""

from __future__ import annotations

import uuid

from flask import Flask

from tests.support.licences import PATH, food_licence, issue, licences_stored, stored_licence
from tests.support.people import machine, sign_in
from tests.support.showing import refusal, set_licence
from wallet.base.deps import Deps
from wallet.config import Config
from wallet.licences.identifier import parse_identifier


def test_a_revoked_licence_gets_no_newer_version(app: Flask, config: Config, deps: Deps) -> None:
    issuer, body = machine(app, config.data, "issuer"), food_licence(config.data)
    set_licence(deps, issue(issuer, body)["identifier"], status="revoked")
    before = licences_stored(deps)
    answer = issuer.post(PATH, body | {"version": 2}, key=uuid.uuid4().hex)
    assert refusal(answer) == (409, "licence_revoked")
    assert licences_stored(deps) == before


def test_a_suspended_licence_stays_suspended_in_its_newer_version(
    app: Flask, config: Config, deps: Deps
) -> None:
    issuer, body = machine(app, config.data, "issuer"), food_licence(config.data)
    first = issue(issuer, body)["identifier"]
    set_licence(deps, first, status="suspended", status_code="S2")
    second = issue(issuer, body | {"version": 2})["identifier"]
    row = stored_licence(deps, second)
    assert (row.status, row.status_code) == ("suspended", "S2")
    opened = sign_in(app, "holder-li").post("/api/v1/me/codes", {"licences": [second]})
    assert refusal(opened) == (409, "licence_suspended")


def test_a_newer_version_keeps_the_serial_of_the_one_before(app: Flask, config: Config) -> None:
    issuer, body = machine(app, config.data, "issuer"), food_licence(config.data)
    first, third = (
        parse_identifier(issue(issuer, body | {"version": version})["identifier"])
        for version in (1, 3)
    )
    assert (first.serial, first.version, third.version) == (third.serial, 1, 3)
    other = parse_identifier(issue(issuer, food_licence(config.data))["identifier"])
    assert other.serial != first.serial
