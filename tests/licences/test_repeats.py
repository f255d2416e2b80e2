"""An Idempotency-Key makes a request happen once; versions only go up."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask

from tests.support.licences import (
    OTHER_ISSUER_CODE,
    PATH,
    client_of,
    food_licence,
    issue,
    licences_stored,
    stored_licence,
)
from tests.support.people import Machine, machine, sign_in
from tests.support.shared import deps_of
from wallet.config import Config

TWINS = 100


def test_a_hundred_twins_at_once_make_one_licence_and_get_one_answer(
    app: Flask, config: Config
) -> None:
    issuer = machine(app, config.data, "issuer")
    body, key = food_licence(config.data), uuid.uuid4().hex
    before = licences_stored(deps_of(app))
    start = Barrier(TWINS)

    def send(_number: int) -> tuple[int, str]:
        twin = Machine(app, issuer.headers["Authorization"].removeprefix("Bearer "))
        start.wait()
        answer = twin.post(PATH, body, key=key)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(TWINS) as threads:
        answers = set(threads.map(send, range(TWINS)))
    assert len(answers) == 1
    [(status, _text)] = answers
    assert status == 201
    assert licences_stored(deps_of(app)) == before + 1


def test_the_same_key_and_body_gives_the_same_answer_and_another_body_is_refused(
    app: Flask, config: Config
) -> None:
    issuer = machine(app, config.data, "issuer")
    body, key = food_licence(config.data), uuid.uuid4().hex
    first = issuer.post(PATH, body, key=key)
    assert first.status_code == 201
    again = issuer.post(PATH, body, key=key)
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    other = issuer.post(PATH, body | {"area_code": "150603"}, key=key)
    assert (other.status_code, other.get_json()["slug"]) == (409, "idempotency_key_reused")


def test_keys_of_two_clients_do_not_meet(app: Flask, config: Config) -> None:
    key = uuid.uuid4().hex
    first = issue(machine(app, config.data, "issuer"), food_licence(config.data), key)
    second = issue(client_of(app, OTHER_ISSUER_CODE, "issuing"), food_licence(config.data), key)
    assert first["identifier"] != second["identifier"]


def test_one_number_from_two_issuers_is_stored_for_both(app: Flask, config: Config) -> None:
    body = food_licence(config.data)
    first = issue(machine(app, config.data, "issuer"), body)
    second = issue(client_of(app, OTHER_ISSUER_CODE, "issuing"), body)
    assert first["identifier"] != second["identifier"]
    held = _held(app, "holder-li")
    assert {first["identifier"], second["identifier"]} <= held.keys()
    assert held[first["identifier"]]["number"] == held[second["identifier"]]["number"]


def test_the_same_and_an_older_version_are_stale_and_a_newer_one_supersedes(
    app: Flask, config: Config
) -> None:
    issuer = machine(app, config.data, "issuer")
    body = food_licence(config.data)
    second = issue(issuer, body | {"version": 2})
    for older in ({}, {"version": 1}, {"version": 2}):
        answer = issuer.post(PATH, body | older, key=uuid.uuid4().hex)
        assert (answer.status_code, answer.get_json()["slug"]) == (409, "stale_version")
    third = issue(issuer, body | {"version": 3})
    held = _held(app, "holder-li")
    assert third["identifier"] in held
    assert second["identifier"] not in held
    assert stored_licence(deps_of(app), second["identifier"]).superseded_at is not None
    showing = sign_in(app, "holder-li").post(
        "/api/v1/me/codes", {"licences": [second["identifier"]]}
    )
    assert showing.status_code == 404


def test_an_identifier_belongs_to_one_licence(app: Flask, config: Config) -> None:
    issuer = machine(app, config.data, "issuer")
    taken = issue(issuer, food_licence(config.data))["identifier"]
    before = licences_stored(deps_of(app))
    answer = issuer.post(PATH, food_licence(config.data, identifier=taken), key=uuid.uuid4().hex)
    assert (answer.status_code, answer.get_json()["slug"]) == (409, "identifier_taken")
    assert licences_stored(deps_of(app)) == before


def test_a_refused_request_does_not_use_up_its_key(app: Flask, config: Config) -> None:
    issuer = machine(app, config.data, "issuer")
    body, key = food_licence(config.data), uuid.uuid4().hex
    issue(issuer, body | {"version": 2})
    assert issuer.post(PATH, body | {"version": 1}, key=key).status_code == 409
    assert issue(issuer, body | {"version": 3}, key)["version"] == 3


def _held(app: Flask, persona: str) -> dict[str, Any]:
    answer = sign_in(app, persona).get("/api/v1/me/licences?limit=200").get_json()
    return {entry["identifier"]: entry for entry in answer["items"]}
