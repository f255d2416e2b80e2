"""The phone fetches the next code of a showing, for ten minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    claims_of,
    created,
    instant,
    next_code,
    refusal,
    show,
    verify,
    withdraw,
)


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """These tests' showings do not meet."""
    return shared_app


def test_the_next_code_is_the_same_showing_with_new_times(li: Visitor, clock: Clock) -> None:
    first = show(li)
    clock.advance(30)
    second = created(next_code(li, first))
    before, after = claims_of(first["text"]), claims_of(second["text"])
    assert second["text"] != first["text"]
    assert (second["id"], second["ends_at"]) == (first["id"], first["ends_at"])
    assert after == before | {"iat": before["iat"] + 30, "exp": before["exp"] + 30}
    assert instant(second["refresh_at"]) == clock.now + timedelta(seconds=30)


def test_a_hundred_refreshes_are_one_showing(li: Visitor) -> None:
    code = show(li)
    jtis = {claims_of(created(next_code(li, code))["text"])["jti"] for _ in range(100)}
    assert jtis == {claims_of(code["text"])["jti"]}


def test_a_showing_ends_after_ten_minutes_and_no_code_outlives_it(
    li: Visitor, clock: Clock
) -> None:
    code = show(li)
    clock.advance(599)
    last = created(next_code(li, code))
    assert instant(last["expires_at"]) == instant(last["ends_at"]) == instant(code["ends_at"])
    assert instant(last["refresh_at"]) == instant(code["ends_at"])
    assert claims_of(last["text"])["exp"] == int(clock.now.timestamp()) + 1
    clock.advance(1)
    assert refusal(next_code(li, code)) == (409, "showing_ended")


def test_a_used_showing_gives_no_more_codes(li: Visitor, zhao: Visitor) -> None:
    code = show(li)
    assert verify(zhao, code["text"])["verdict"] == "accepted"
    assert refusal(next_code(li, code)) == (409, "already_used")


def test_a_withdrawn_showing_gives_no_more_codes(li: Visitor, clock: Clock) -> None:
    code = show(li)
    assert withdraw(li, code).status_code == 204
    assert refusal(next_code(li, code)) == (409, "withdrawn")
    clock.advance(601)
    assert refusal(next_code(li, code)) == (409, "withdrawn")


@pytest.mark.parametrize("call", ["next", "state", "withdraw"])
def test_a_showing_is_found_by_its_own_account_and_by_no_altered_id(
    li: Visitor, elder: Visitor, call: str
) -> None:
    code = show(li)
    path = f"/api/v1/me/codes/{code['id']}"

    def ask(holder: Visitor, address: str) -> tuple[int, str]:
        if call == "next":
            return refusal(holder.post(f"{address}/next"))
        return refusal(holder.get(address) if call == "state" else holder.delete(address))

    not_found = (404, "not_found")
    assert ask(elder, path) == not_found
    turned = "A" if path[-1] != "A" else "Q"
    altered = (path[:-1] + turned, path[:-1], f"{path}A", f"{path}==", "/api/v1/me/codes/x")
    assert [ask(li, address) for address in altered] == [not_found] * len(altered)
    middle = len(path) - len(code["id"]) // 2
    flipped = "A" if path[middle] != "A" else "B"
    assert ask(li, path[:middle] + flipped + path[middle + 1 :]) == not_found
    assert li.get(path).get_json()["state"] == "waiting"


def test_a_showing_goes_on_for_the_account_whichever_device_asks(app: Flask, li: Visitor) -> None:
    code = show(li)
    other = created(next_code(sign_in(app, "holder-li"), code))
    assert claims_of(other["text"])["jti"] == claims_of(code["text"])["jti"]
