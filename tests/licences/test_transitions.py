"""Which change of status is allowed from where: suspended and back, and then never again."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask

from tests.support.licences import day, food_licence, issue
from tests.support.people import Machine
from tests.support.shared import deps_of
from tests.support.showing import refusal, set_licence
from tests.support.statuses import (
    ANNUL,
    CANCEL,
    RESUME,
    REVOKE,
    SUSPEND,
    WITHDRAW,
    send_status,
    set_status,
)
from wallet.base.clock import read_day
from wallet.licences.status.transitions import ALLOWED, act_of, is_allowed

BEFORE: Final[dict[str, dict[str, Any]]] = {
    "valid": {},
    "not_yet_valid": {"valid_from": day(1)},
    "last_day": {"valid_until": day(0)},
    "expired": {"issued_on": day(-9), "valid_from": day(-9), "valid_until": day(-1)},
}
CHANGES: Final = {
    "suspend": SUSPEND,
    "resume": RESUME,
    "withdraw": WITHDRAW,
    "cancel": CANCEL,
    "annul": ANNUL,
    "revoke": REVOKE,
}
ENDINGS: Final = {"withdraw", "cancel", "annul", "revoke"}
ALLOWED_FROM: Final = {
    "valid": {"suspend", *ENDINGS},
    "not_yet_valid": {"suspend", *ENDINGS},
    "last_day": {"suspend", *ENDINGS},
    "expired": ENDINGS - {"withdraw"},
}


@pytest.mark.parametrize("act", CHANGES)
@pytest.mark.parametrize("before", BEFORE)
def test_what_stands_may_be_suspended_or_ended_and_what_has_expired_only_ended(
    issuer: Machine, data: Path, before: str, act: str
) -> None:
    identifier = issue(issuer, food_licence(data, **BEFORE[before]))["identifier"]
    answer = send_status(issuer, identifier, CHANGES[act])
    if act not in ALLOWED_FROM[before]:
        assert refusal(answer) == (409, "transition_not_allowed")
        return
    told = answer.get_json()
    assert (answer.status_code, told["act"]) == (200, act)
    assert (told["status"], told["code"]) == (CHANGES[act]["status"], CHANGES[act]["code"])


@pytest.mark.parametrize("act", CHANGES)
def test_what_is_suspended_may_be_resumed_ended_or_suspended_on_other_grounds(
    issuer: Machine, data: Path, act: str
) -> None:
    identifier = issue(issuer, food_licence(data))["identifier"]
    set_status(issuer, identifier, SUSPEND)
    assert set_status(issuer, identifier, CHANGES[act] | {"reason": "另案"})["act"] == act


@pytest.mark.parametrize("again", CHANGES)
@pytest.mark.parametrize("ending", sorted(ENDINGS))
def test_what_has_ended_stays_as_it_is(
    issuer: Machine, data: Path, ending: str, again: str
) -> None:
    identifier = issue(issuer, food_licence(data))["identifier"]
    set_status(issuer, identifier, CHANGES[ending])
    answer = send_status(issuer, identifier, CHANGES[again] | {"reason": "另案"})
    assert refusal(answer) == (409, "transition_not_allowed")


def test_a_refusal_says_in_the_words_of_the_type_what_cannot_be_done(
    issuer: Machine, data: Path
) -> None:
    identifier = issue(issuer, food_licence(data))["identifier"]
    set_status(issuer, identifier, REVOKE)
    refused = send_status(issuer, identifier, RESUME).get_json()
    assert refused["detail"] == "此证照现为“吊销”，不能变更为“有效”。"


def test_a_suspension_lifted_after_the_last_day_leaves_an_expired_licence(
    issuer: Machine, shared_app: Flask, data: Path
) -> None:
    identifier = issue(issuer, food_licence(data))["identifier"]
    set_status(issuer, identifier, SUSPEND)
    set_licence(deps_of(shared_app), identifier, valid_until=read_day(day(-1)))
    assert set_status(issuer, identifier, RESUME)["status"] == "expired"
    answer = send_status(issuer, identifier, SUSPEND)
    assert refusal(answer) == (409, "transition_not_allowed")


def test_no_act_is_allowed_once_a_licence_is_revoked() -> None:
    assert not any("revoked" in standings for standings in ALLOWED.values())


def test_a_valid_licence_may_get_another_of_the_codes_for_valid_but_not_its_own() -> None:
    assert is_allowed("resume", "valid", "A", "G")
    assert not is_allowed("resume", "valid", "A", "A")
    assert is_allowed("resume", "suspended", "A", "A")


@pytest.mark.parametrize(
    ("entry", "act"),
    [
        ({"means": "valid"}, "resume"),
        ({"means": "suspended"}, "suspend"),
        ({"means": "revoked"}, "revoke"),
        ({"means": "revoked", "act": None}, "revoke"),
        ({"means": "revoked", "act": "cancel"}, "cancel"),
    ],
)
def test_the_catalogue_says_which_act_a_code_stands_for(entry: dict[str, Any], act: str) -> None:
    assert act_of(entry) == act
