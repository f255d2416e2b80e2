"""Machine clients: a secret is told once, the one before it goes on as long as was said, the end is at once."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.beyond import beyond, grant_ids
from tests.support.clock import Clock
from tests.support.hall import li
from tests.support.people import Machine, Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import RENEWAL, ask, created, refusal, show, verify
from tests.support.units import BANK, BESIDE, CITY, HALL, manager_at, managing_client, told
from wallet import numbers
from wallet.organisations.model import Client

__all__ = ["li"]


@pytest.fixture
def sun(app: Flask) -> Visitor:
    """The manager of the city."""
    return sign_in(app, "manager-sun")


def _add(manager: Visitor | Machine, **other: Any) -> TestResponse:
    return manager.post(
        "/api/v1/clients", {"unit": HALL, "name": "叫号系统", "roles": ["relying"], **other}
    )


def _token(app: Flask, client: dict[str, str], **query: str) -> TestResponse:
    basic = b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    return app.test_client(use_cookies=False).post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
        query_string=query,
    )


def _machine(app: Flask, client: dict[str, str]) -> Machine:
    answer = _token(app, client)
    assert answer.status_code == 200, answer.text
    return Machine(app, answer.get_json()["access_token"])


def _rotate(who: Visitor, client: dict[str, str], days: object) -> TestResponse:
    return who.post(f"/api/v1/clients/{client['client_id']}/secret", {"overlap_days": days})


def _bind(who: Visitor, *client_ids: str) -> TestResponse:
    path = f"/api/v1/grants/{grant_ids(deps_of(who.http.application))[0]}/clients"
    return who.http.put(path, json={"clients": list(client_ids)}, headers=who._csrf())


def test_a_new_client_works_under_no_grant_until_it_is_bound_to_one(
    app: Flask, sun: Visitor, li: Visitor
) -> None:
    client = created(_add(sun))
    desk, text = _machine(app, client), show(li)["text"]
    beyond(ask(desk, text, terminal="1"))
    assert _bind(sun, client["client_id"]).status_code == 204
    assert verify(desk, text, terminal="1")["verdict"] == "accepted"
    assert desk.get("/api/v1/me").get_json()["items"] == [RENEWAL]
    assert _bind(sun).status_code == 204
    beyond(ask(desk, show(li)["text"], terminal="1"))
    assert [row["client"] for row in told(app, "client.bound")] == [
        row["client"] for row in told(app, "client.unbound")[-1:]
    ]


def test_its_secret_is_told_once_and_only_a_digest_is_kept(app: Flask, sun: Visitor) -> None:
    client = created(_add(sun))
    row = deps_of(app).db.row(select(Client).where(Client.client_id == client["client_id"]))
    assert row is not None
    assert client["client_secret"].encode() not in bytes(row.secret_hash)
    listed = sun.get("/api/v1/clients?limit=200").get_json()["items"]
    assert client["client_id"] in {one["client_id"] for one in listed}
    assert all("client_secret" not in one for one in listed)


@pytest.mark.parametrize("days", [1, numbers.SECRET_OVERLAP_DAYS])
def test_both_secrets_are_good_until_the_old_one_ends(app: Flask, clock: Clock, days: int) -> None:
    sun = sign_in(app, "manager-sun")
    old = created(_add(sun))
    new = created(_rotate(sun, old, days))
    assert [_token(app, one).status_code for one in (old, new)] == [200, 200]
    clock.now += timedelta(days=days, seconds=-1)
    assert [_token(app, one).status_code for one in (old, new)] == [200, 200]
    clock.now += timedelta(seconds=1)
    assert [_token(app, one).status_code for one in (old, new)] == [401, 200]


def test_without_an_overlap_the_old_secret_and_its_tokens_end_at_once(
    app: Flask, sun: Visitor
) -> None:
    old = created(_add(sun))
    desk = _machine(app, old)
    new = created(_rotate(sun, old, 0))
    assert desk.get("/api/v1/me").status_code == 401
    assert [_token(app, one).status_code for one in (old, new)] == [401, 200]


def test_a_second_rotation_ends_the_oldest(app: Flask, sun: Visitor) -> None:
    first = created(_add(sun))
    second = created(_rotate(sun, first, 7))
    third = created(_rotate(sun, first, 7))
    answers = [_token(app, one).status_code for one in (first, second, third)]
    assert answers == [401, 200, 200]


@pytest.mark.parametrize("days", [-1, numbers.SECRET_OVERLAP_DAYS + 1, "7", None, 1.5])
def test_an_overlap_has_bounds(sun: Visitor, days: object) -> None:
    assert refusal(_rotate(sun, created(_add(sun)), days))[0] == 422


def test_an_ended_client_gets_no_token_and_its_tokens_are_worth_nothing(
    app: Flask, sun: Visitor
) -> None:
    client = created(_add(sun))
    desk = _machine(app, client)
    for _ in range(2):
        assert sun.delete(f"/api/v1/clients/{client['client_id']}").status_code == 204
    assert desk.get("/api/v1/me").status_code == 401
    assert _token(app, client).status_code == 401
    assert refusal(_rotate(sun, client, 1)) == (409, "client_ended")
    assert len(told(app, "client.ended")) == 1


def test_a_secret_in_the_address_is_refused_even_where_it_is_right(
    app: Flask, sun: Visitor
) -> None:
    client = created(_add(sun))
    answer = _token(app, client, client_secret=client["client_secret"])
    assert refusal(answer) == (400, "invalid_request")


def test_the_responsible_person_rotates_and_ends_but_does_not_add(app: Flask, sun: Visitor) -> None:
    client = created(_add(sun))
    qian = sign_in(app, "desk-qian")
    assert refusal(_add(qian)) == (403, "not_permitted")
    created(_rotate(qian, client, 7))
    assert qian.delete(f"/api/v1/clients/{client['client_id']}").status_code == 204


def test_beside_nothing_is_found_and_for_the_own_unit_others_decide(
    app: Flask, sun: Visitor
) -> None:
    client = created(_add(sun))
    beside = manager_at(app, BESIDE)
    assert refusal(_rotate(beside, client, 1)) == (404, "not_found")
    assert refusal(_add(beside)) == (404, "not_found")
    assert refusal(_add(sun, unit=CITY, roles=["managing"])) == (403, "own_unit")


def test_roles_go_by_what_the_unit_is_and_a_program_makes_no_managing_one(
    app: Flask, sun: Visitor
) -> None:
    assert refusal(_add(sun, roles=["issuing"])) == (422, "role_not_allowed")
    assert refusal(_add(sun, roles=["manager"]))[0] == 422
    program = managing_client(app, CITY)
    assert refusal(_add(program, roles=["managing"])) == (403, "from_above")
    created(_add(program))


def test_a_client_of_another_unit_is_not_bound(sun: Visitor) -> None:
    other = created(_add(sun, unit=BANK))
    assert refusal(_bind(sun, other["client_id"])) == (404, "not_found")
    assert refusal(_bind(sun, "no-such-client")) == (404, "not_found")
