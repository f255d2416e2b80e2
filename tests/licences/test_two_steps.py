"""A licence is recorded, signed and checked, then issued; a crash between leaves it pending."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, NoReturn

import pytest
from flask import Flask
from joserfc import jws
from joserfc.jwk import ECKey
from sqlalchemy import select

from tests.support.licences import (
    FOOD_TYPE_CODE,
    ISSUER_CODE,
    PATH,
    encoded,
    food_licence,
    image,
    issue,
    operator_licence,
    stored_licence,
)
from tests.support.people import Machine, machine, sign_in
from verify.credential import read_credential, sign_credential
from verify.status_list import STATUS_LIST_SIZE
from verify.verdict import Refused
from wallet import numbers
from wallet.base.audit import AuditEvent
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.config import Config
from wallet.licences import issue as issuing
from wallet.licences.identifier import make_identifier
from wallet.licences.model import CREDENTIAL, StatusEntry
from wallet.worker import work_once


def _crash(*_arguments: object) -> NoReturn:
    raise RuntimeError("the process died here")


def _forge(claims: dict[str, Any], key: Any) -> str:
    return sign_credential(claims | {"number": "another"}, key)


def _left_pending(
    app: Flask, config: Config, monkeypatch: pytest.MonkeyPatch, step: str, crash: Any
) -> tuple[Machine, dict[str, Any], str]:
    """Send a licence in while that step crashes; gives issuer, body and key."""
    issuer, key = machine(app, config.data, "issuer"), uuid.uuid4().hex
    identifier = make_identifier(FOOD_TYPE_CODE, ISSUER_CODE, 1)
    body = food_licence(config.data, identifier=identifier)
    with monkeypatch.context() as patched:
        patched.setattr(issuing, step, crash)
        answer = issuer.post(PATH, body, key=key)
    assert (answer.status_code, answer.get_json()["slug"]) == (500, "internal_error")
    assert "died" not in answer.text
    return issuer, body, key


@pytest.mark.parametrize(
    ("step", "crash"),
    [("sign_credential", _crash), ("sign_credential", _forge), ("_mark_issued", _crash)],
)
def test_what_a_crash_left_is_invisible_until_the_sweep_finishes_it(
    app: Flask,
    config: Config,
    deps: Deps,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    crash: Any,
) -> None:
    _issuer, body, _key = _left_pending(app, config, monkeypatch, step, crash)
    identifier, holder = body["identifier"], sign_in(app, "holder-li")
    row = stored_licence(deps, identifier)
    assert row.issued_at is None
    assert row.credential_sealed is None
    assert holder.get(f"/api/v1/me/licences/{identifier}").status_code == 404
    assert identifier not in holder.get("/api/v1/me/licences?limit=200").text
    assert holder.post("/api/v1/me/codes", {"licences": [identifier]}).status_code == 404

    done = work_once(deps, read_clock() + timedelta(seconds=numbers.SWEEP_AFTER))
    assert (done.issued, done.delivered) == (1, 1)
    assert holder.get(f"/api/v1/me/licences/{identifier}").status_code == 200
    assert holder.post("/api/v1/me/codes", {"licences": [identifier]}).status_code == 201


def test_the_repeated_request_finishes_what_its_crash_left(
    app: Flask, config: Config, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer, body, key = _left_pending(app, config, monkeypatch, "sign_credential", _crash)
    assert issue(issuer, body, key)["status"] == "valid"
    assert stored_licence(deps, body["identifier"]).issued_at is not None
    assert work_once(deps, read_clock() + timedelta(hours=1)).issued == 0


def test_a_pending_version_does_not_end_the_older_one(
    app: Flask, config: Config, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer = machine(app, config.data, "issuer")
    body = food_licence(config.data)
    first = issue(issuer, body)["identifier"]
    with monkeypatch.context() as patched:
        patched.setattr(issuing, "sign_credential", _crash)
        assert issuer.post(PATH, body | {"version": 2}, key=uuid.uuid4().hex).status_code == 500
    holder = sign_in(app, "holder-li")
    assert holder.get(f"/api/v1/me/licences/{first}").status_code == 200
    work_once(deps, read_clock() + timedelta(seconds=numbers.SWEEP_AFTER))
    assert holder.get(f"/api/v1/me/licences/{first}").status_code == 404


def test_the_credential_reads_back_here_and_with_another_library(
    app: Flask, config: Config, deps: Deps
) -> None:
    issuer = machine(app, config.data, "issuer")
    body = operator_licence(config.data, encoded(image(8, 8)))
    identifier = issue(issuer, body)["identifier"]
    row = stored_licence(deps, identifier)
    credential = deps.vault.open(row.credential_sealed, CREDENTIAL)
    claims = read_credential(credential, deps.keys.public)
    assert (claims["identifier"], claims["number"]) == (identifier, body["number"])
    assert claims["holders"] == body["holders"]
    assert claims["fields"]["name"] == "李明"
    assert claims["fields"]["photo"].keys() == {"sha256"}

    published = app.test_client().get("/.well-known/jwks.json").get_json()["keys"]
    key = next(key for key in published if key["kid"] == deps.keys.current.kid)
    foreign = jws.deserialize_compact(credential, ECKey.import_key(key), algorithms=["ES256"])
    assert foreign.headers() == {"alg": "ES256", "kid": key["kid"], "typ": "lz-licence+jwt"}
    header, payload, signature = credential.split(".")
    with pytest.raises(Refused):
        read_credential(f"{header}.{payload[:-2]}AA.{signature}", deps.keys.public)


def test_receipt_and_issue_are_each_audited_without_personal_values(
    app: Flask, config: Config, deps: Deps
) -> None:
    identifier = issue(machine(app, config.data, "issuer"), food_licence(config.data))["identifier"]
    row = stored_licence(deps, identifier)
    with deps.db.read() as tx:
        events = [
            event
            for event in tx.execute(select(AuditEvent.name, AuditEvent.fields))
            if event.fields.get("licence") == row.id
        ]
        index = tx.execute(
            select(StatusEntry.index).where(StatusEntry.licence_id == row.id)
        ).scalar_one()
    assert [event.name for event in events] == ["licence.received", "licence.issued"]
    assert "李明" not in str(events)
    assert 0 <= index < STATUS_LIST_SIZE
