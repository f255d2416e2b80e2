"""A library whose keys are in a PKCS#11 token: it shows and judges, and judges on without it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.licences import PATH, food_licence, issue
from tests.support.people import Visitor, machine
from tests.support.showing import FOOD, identifier_of, open_code, show, verify
from tests.support.softhsm import SoftHsm, make_softhsm
from verify.jws import parse
from verify.status_list import STATUS_LIST_LIFE, STATUS_LIST_TTL
from wallet import numbers
from wallet.base.deps import Deps
from wallet.base.key_files import change, read_states
from wallet.base.key_pairs import place_of
from wallet.base.key_states import rotated
from wallet.config import Config
from wallet.licences.status.lists import publish_due
from wallet.worker import work_once

LIST = "/status-lists/0"


@pytest.fixture
def hsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    monkeypatch.setattr(numbers, "TOKEN_RETRY", 0)  # as if it had passed between any two calls
    return make_softhsm(tmp_path / "hsm", monkeypatch)


@pytest.fixture
def config(config: Config, hsm: SoftHsm) -> Config:
    """A library that was moved into a token: two rotations, since the next key was a file."""
    now = max(key.since for key in read_states(config.keys_dir).values())
    for _ in range(2):
        now += timedelta(seconds=numbers.KEY_BUNDLES_LAPSE)
        rule = partial(rotated, now=now)
        change(config.keys_dir, config.secret_key, now, rule, token=hsm.token)
    return hsm.settings(config)


def test_codes_are_signed_in_the_token_and_accepted(
    config: Config, li: Visitor, zhao: Visitor
) -> None:
    code = show(li)["text"]
    kid = parse(code.partition("#")[2]).header["kid"]
    assert place_of(config.keys_dir, kid) == "token"
    assert verify(zhao, code)["verdict"] == "accepted"


def test_without_the_token_nothing_is_shown_but_what_was_shown_is_judged(
    hsm: SoftHsm, li: Visitor, zhao: Visitor
) -> None:
    code, identifier = show(li)["text"], identifier_of(li, FOOD)
    hsm.take_away()
    answer = open_code(li, identifier)
    assert (answer.status_code, answer.get_json()["slug"]) == (503, "unavailable")
    assert answer.content_type == "application/problem+json"
    assert verify(zhao, code)["verdict"] == "accepted"
    hsm.bring_back()
    assert open_code(li, identifier).status_code == 201


def test_a_licence_that_comes_meanwhile_is_issued_when_the_token_is_back(
    app: Flask, config: Config, deps: Deps, hsm: SoftHsm, li: Visitor, clock: Clock
) -> None:
    issuer, key = machine(app, config.data, "issuer"), uuid.uuid4().hex
    body = food_licence(config.data)
    hsm.take_away()
    answer = issuer.post(PATH, body, key=key)
    assert (answer.status_code, answer.get_json()["slug"]) == (503, "unavailable")
    later = clock.advance(numbers.SWEEP_AFTER)
    assert work_once(deps, later).issued == 0
    hsm.bring_back()
    assert work_once(deps, later).issued == 1
    identifier = issue(issuer, body, key)["identifier"]
    assert li.get(f"/api/v1/me/licences/{identifier}").status_code == 200


def test_a_status_list_that_cannot_be_signed_anew_is_given_out_until_it_ends(
    app: Flask, deps: Deps, hsm: SoftHsm, clock: Clock
) -> None:
    visitor = app.test_client()
    published = visitor.get(LIST).text
    hsm.take_away()
    clock.advance(STATUS_LIST_TTL)
    assert visitor.get(LIST).text == published
    assert visitor.get("/.well-known/liangzheng-trust").status_code == 200
    clock.advance(STATUS_LIST_LIFE - STATUS_LIST_TTL - 1)
    assert visitor.get(LIST).status_code == 200
    clock.advance(1)
    assert visitor.get(LIST).status_code == 503
    hsm.bring_back()
    assert visitor.get(LIST).status_code == 200
    assert publish_due(deps, clock.now) == 0
