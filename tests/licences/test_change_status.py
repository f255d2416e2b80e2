"""A change of status: what is answered, kept and told, and whose licences it may be."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.licences import (
    ISSUER_CODE,
    OTHER_ISSUER_CODE,
    PATH,
    client_of,
    food_licence,
    issue,
    stored_licence,
)
from tests.support.people import Machine, sign_in
from tests.support.shared import deps_of
from tests.support.showing import created, events, open_code, refusal, verify
from tests.support.statuses import (
    BASIS,
    CANCEL,
    REASON,
    RESUME,
    REVOKE,
    SUSPEND,
    changes_of,
    entry_of,
    send_status,
    set_status,
)
from wallet.base.clock import read_clock
from wallet.base.outbox import OutboxMessage
from wallet.licences.issue import issue as finish
from wallet.licences.model import CHANGE_BASIS, CHANGE_REASON, Licence
from wallet.licences.status.lists import published_list


@pytest.fixture
def identifier(issuer: Machine, data: Path) -> str:
    """A fresh licence."""
    given: str = issue(issuer, food_licence(data))["identifier"]
    return given


def test_the_answer_says_how_the_licence_stands_since_when(
    issuer: Machine, identifier: str
) -> None:
    before = read_clock()
    told = set_status(issuer, identifier, SUSPEND)
    assert told["identifier"] == identifier
    assert (told["status"], told["code"], told["act"], told["version"]) == (
        "suspended", "02", "suspend", 1,
    )  # fmt: skip
    changed_at = datetime.fromisoformat(told["changed_at"])
    assert before - timedelta(seconds=1) <= changed_at <= read_clock()


def test_a_desk_hears_of_it_with_the_next_code_and_so_does_the_phone(
    issuer: Machine, shared_app: Flask, identifier: str
) -> None:
    li, zhao = sign_in(shared_app, "holder-li"), sign_in(shared_app, "desk-zhao")
    text = created(open_code(li, identifier))["text"]
    set_status(issuer, identifier, SUSPEND)
    assert verify(zhao, text)["reason"] == "licence_suspended"
    assert refusal(open_code(li, identifier)) == (409, "licence_suspended")
    set_status(issuer, identifier, RESUME)
    assert verify(zhao, text)["verdict"] == "accepted"
    text = created(open_code(li, identifier))["text"]
    set_status(issuer, identifier, REVOKE)
    assert verify(zhao, text)["reason"] == "licence_revoked"
    assert refusal(open_code(li, identifier)) == (409, "licence_revoked")


def test_reason_and_basis_are_kept_sealed_with_who_did_it(
    issuer: Machine, shared_app: Flask, identifier: str
) -> None:
    deps = deps_of(shared_app)
    for change in (SUSPEND, RESUME, CANCEL):
        set_status(issuer, identifier, change)
    rows = changes_of(deps, identifier)
    assert [(row.act, row.from_status, row.from_code, row.to_status, row.to_code) for row in rows] == [
        ("suspend", "valid", "01", "suspended", "02"),
        ("resume", "suspended", "02", "valid", "01"),
        ("cancel", "valid", "01", "revoked", "04"),
    ]  # fmt: skip
    assert {row.client_id for row in rows} == {stored_licence(deps, identifier).client_id}
    assert deps.vault.open(rows[0].reason_sealed, CHANGE_REASON) == REASON
    assert deps.vault.open(rows[0].basis_sealed, CHANGE_BASIS) == BASIS


def test_it_is_in_the_audit_trail_and_the_outbox_without_a_word_of_the_reason(
    issuer: Machine, shared_app: Flask, identifier: str
) -> None:
    deps = deps_of(shared_app)
    set_status(issuer, identifier, SUSPEND)
    row = stored_licence(deps, identifier)
    name, fields = events(deps, "licence.")[-1]
    assert name == "licence.status_changed"
    assert fields == {
        "licence": row.id, "actor": f"client:{row.client_id}", "unit": row.unit_id,
        "type": "food-operation-permit", "version": 1, "act": "suspend",
        "from_status": "valid", "from_code": "01", "to_status": "suspended", "to_code": "02",
    }  # fmt: skip
    message = deps.db.rows(select(OutboxMessage).order_by(OutboxMessage.id))[-1]
    assert message.topic == "licence.status_changed"
    assert message.payload == {"licence": row.id, "change": changes_of(deps, identifier)[-1].id}


def test_the_status_list_says_it_once_it_is_published_anew(
    issuer: Machine, shared_app: Flask, identifier: str
) -> None:
    deps, now = deps_of(shared_app), read_clock()
    told = []
    for number, change in enumerate((SUSPEND, RESUME, REVOKE), start=1):
        set_status(issuer, identifier, change)
        place = entry_of(deps, identifier)
        assert place.changed_at >= now
        later = now + timedelta(hours=number)
        told.append(published_list(deps, 0, later).content.entries.status(place.index))
    assert told == [2, 0, 1]


def test_the_same_once_more_gives_the_same_answer_and_leaves_no_trace(
    issuer: Machine, shared_app: Flask, identifier: str
) -> None:
    deps = deps_of(shared_app)
    for change in (SUSPEND, REVOKE):
        first = set_status(issuer, identifier, change)
        before = changes_of(deps, identifier), events(deps, ""), entry_of(deps, identifier)
        assert set_status(issuer, identifier, change) == first
        assert (
            changes_of(deps, identifier),
            events(deps, ""),
            entry_of(deps, identifier),
        ) == before


def test_twenty_at_once_are_one_change(issuer: Machine, shared_app: Flask, identifier: str) -> None:
    def one(_number: int) -> dict[str, Any]:
        return set_status(issuer, identifier, REVOKE)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(one, range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert len(changes_of(deps_of(shared_app), identifier)) == 1


def test_a_change_that_was_undone_since_is_made_again(
    issuer: Machine, shared_app: Flask, identifier: str
) -> None:
    for change in (SUSPEND, RESUME, SUSPEND):
        set_status(issuer, identifier, change)
    acts = [row.act for row in changes_of(deps_of(shared_app), identifier)]
    assert acts == ["suspend", "resume", "suspend"]


def test_a_licence_of_another_unit_is_as_unknown_as_one_that_is_not_there(
    issuer: Machine, shared_app: Flask, data: Path, identifier: str
) -> None:
    stranger = client_of(shared_app, OTHER_ISSUER_CODE, "issuing")
    foreign = send_status(stranger, identifier, REVOKE)
    unknown = send_status(issuer, identifier[:-1] + "_", REVOKE)
    assert refusal(foreign) == refusal(unknown) == (404, "not_found")
    assert foreign.get_json() == unknown.get_json()
    assert stored_licence(deps_of(shared_app), identifier).status == "valid"


@pytest.mark.parametrize("roles", [["relying"], []])
def test_a_client_that_does_not_issue_may_not(
    shared_app: Flask, identifier: str, roles: list[str]
) -> None:
    caller = client_of(shared_app, ISSUER_CODE, *roles)
    assert refusal(send_status(caller, identifier, REVOKE)) == (403, "not_permitted")


def test_a_version_that_has_a_newer_one_is_changed_no_more(
    issuer: Machine, shared_app: Flask, data: Path
) -> None:
    body = food_licence(data)
    first = issue(issuer, body)["identifier"]
    second = issue(issuer, body | {"version": 2})["identifier"]
    assert refusal(send_status(issuer, first, REVOKE)) == (409, "stale_version")
    assert stored_licence(deps_of(shared_app), second).status == "valid"


@pytest.mark.parametrize("named", [0, 1])
def test_a_newer_version_still_pending_is_changed_along(
    issuer: Machine, shared_app: Flask, data: Path, named: int
) -> None:
    deps, body = deps_of(shared_app), food_licence(data)
    first = issue(issuer, body)["identifier"]
    second = issue(issuer, body | {"version": 2})["identifier"]
    as_a_crash_leaves_it(shared_app, first, second)
    set_status(issuer, (first, second)[named], REVOKE)
    assert {stored_licence(deps, each).status for each in (first, second)} == {"revoked"}
    finish(deps, stored_licence(deps, second).id, read_clock())
    li = sign_in(shared_app, "holder-li")
    assert refusal(open_code(li, second)) == (409, "licence_revoked")


def test_no_newer_version_of_a_revoked_licence_is_taken_in_and_one_of_a_suspended_stays_so(
    issuer: Machine, shared_app: Flask, data: Path
) -> None:
    deps, body = deps_of(shared_app), food_licence(data)
    set_status(issuer, issue(issuer, body)["identifier"], SUSPEND)
    second = issue(issuer, body | {"version": 2})["identifier"]
    assert stored_licence(deps, second).status == "suspended"
    told = set_status(issuer, second, REVOKE)
    assert told["version"] == 2
    answer = issuer.post(PATH, body | {"version": 3}, key=uuid.uuid4().hex)
    assert refusal(answer) == (409, "licence_revoked")


def test_nothing_is_changed_where_the_change_cannot_be_recorded(
    issuer: Machine, shared_app: Flask, identifier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deps = deps_of(shared_app)
    monkeypatch.setattr("wallet.licences.status.change.audit.record", failing)
    assert send_status(issuer, identifier, REVOKE).status_code == 500
    assert (stored_licence(deps, identifier).status, changes_of(deps, identifier)) == ("valid", [])


def failing(*_arguments: object, **_fields: object) -> None:
    raise RuntimeError


def as_a_crash_leaves_it(app: Flask, first: str, second: str) -> None:
    """Version 2 received and not yet issued, version 1 still the one in the wallet."""
    deps = deps_of(app)
    ids = [stored_licence(deps, identifier).id for identifier in (first, second)]
    with deps.db.begin() as tx:
        tx.execute(update(Licence).where(Licence.id == ids[0]).values(superseded_at=None))
        tx.execute(update(Licence).where(Licence.id == ids[1]).values(issued_at=None))
