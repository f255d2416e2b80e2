"""What just keeps the rules is issued, stored as given, and in the wallet at once."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.licences import (
    FOOD,
    FOOD_TYPE_CODE,
    ISSUER_CODE,
    PATH,
    day,
    food_fields,
    food_licence,
    issue,
    person,
    stored_licence,
)
from tests.support.people import Machine, sign_in
from tests.support.shared import deps_of
from wallet.holders.model import HOLDER_CODE, Holder
from wallet.licences.identifier import make_identifier
from wallet.licences.model import HOLDER_NAME, LicenceHolder

AREA_CODE = "150602"
"""Of the issuing unit: identifiers of old data carry it."""


def _face(app: Flask, identifier: str) -> dict[str, str]:
    answer = sign_in(app, "holder-li").get(f"/api/v1/me/licences/{identifier}")
    assert answer.status_code == 200, answer.text
    return {field["key"]: field["value"] for field in answer.get_json()["fields"]}


def _holders(app: Flask, identifier: str) -> list[tuple[str, str]]:
    deps = deps_of(app)
    licence = stored_licence(deps, identifier)
    with deps.db.read() as tx:
        rows = tx.execute(
            select(Holder.code_sealed, LicenceHolder.name_sealed)
            .join(LicenceHolder, LicenceHolder.holder_id == Holder.id)
            .where(LicenceHolder.licence_id == licence.id)
            .order_by(LicenceHolder.position)
        ).all()
    return [
        (
            deps.vault.open(row.code_sealed, HOLDER_CODE),
            deps.vault.open(row.name_sealed, HOLDER_NAME),
        )
        for row in rows
    ]


def test_an_issued_licence_is_in_its_holders_wallet_at_once(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    holder = sign_in(shared_app, "holder-li")
    body = food_licence(data)
    answer = issue(issuer, body)
    assert answer["status"] == "valid"
    assert (answer["version"], answer["type"], answer["number"]) == (1, FOOD, body["number"])
    listed = holder.get("/api/v1/me/licences?limit=200").get_json()["items"]
    [shown] = [entry for entry in listed if entry["identifier"] == answer["identifier"]]
    assert (shown["number"], shown["status"], shown["role"]) == (body["number"], "valid", "own")
    assert shown["valid_until"] == body["valid_until"]
    elder = sign_in(shared_app, "holder-elder").get(f"/api/v1/me/licences/{answer['identifier']}")
    assert (elder.status_code, elder.get_json()["slug"]) == (404, "not_found")


@pytest.mark.parametrize(
    "text",
    [
        "𠮷野家𪚥",
        "\U00031350",
        "㐂㐱",
        "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ",
        "ᠡᠭᠦᠨ\u180eᠡ",
        "李·明（Ｌｉ）",
        "=1+1",
        "<script>",
    ],
)
def test_words_are_stored_as_given(
    shared_app: Flask, issuer: Machine, data: Path, text: str
) -> None:
    answer = issue(issuer, food_licence(data, fields=food_fields(operator_name=text)))
    assert _face(shared_app, answer["identifier"])["operator_name"] == text


def test_a_rare_character_in_a_holders_name_is_stored_as_given(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    holder = {"kind": "person", "code_type": "111", "code": "11010519491231002X", "name": "𠮷𪚥"}
    answer = issue(issuer, food_licence(data, holders=[holder]))
    assert _holders(shared_app, answer["identifier"]) == [("11010519491231002X", "𠮷𪚥")]


@pytest.mark.parametrize(
    "code", ["11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", " 11010519491231002X "]
)
def test_an_id_number_is_kept_in_its_one_form(
    shared_app: Flask, issuer: Machine, data: Path, code: str
) -> None:
    holder = {"kind": "person", "code_type": "111", "code": code, "name": "某甲"}
    answer = issue(issuer, food_licence(data, holders=[holder]))
    [(kept, _name)] = _holders(shared_app, answer["identifier"])
    assert kept == "11010519491231002X"


def test_full_width_digits_find_the_account_of_the_same_person(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    holder = person(data) | {"code": "１５０６０２１９９００３０７７５１３"}
    answer = issue(issuer, food_licence(data, holders=[holder]))
    assert _face(shared_app, answer["identifier"])


@pytest.mark.parametrize(
    ("changes", "version"),
    [
        ({"version": 1}, 1),
        ({"version": 999}, 999),
        ({"valid_until": None}, 1),
        ({"valid_from": day(0), "valid_until": day(0)}, 1),
        ({"identifier": make_identifier(FOOD_TYPE_CODE, ISSUER_CODE, 7)}, 7),
        ({"identifier": make_identifier(FOOD_TYPE_CODE, ISSUER_CODE, 1, "2430599")}, 1),
        ({"fields": food_fields(operator_name="店" * 100, remarks="注" * 500)}, 1),
        ({"fields": food_fields(remarks=None)}, 1),
        ({"number": "号" * 100}, 1),
        ({"issued_on": day(0), "valid_until": day(0)}, 1),
        ({"identifier": make_identifier(FOOD_TYPE_CODE, AREA_CODE, 1)}, 1),
    ],
)
def test_what_is_just_inside_is_issued(
    issuer: Machine, data: Path, changes: dict[str, Any], version: int
) -> None:
    answer = issue(issuer, food_licence(data, **changes))
    assert (answer["status"], answer["version"]) == ("valid", version)
    assert answer["identifier"] == changes.get("identifier", answer["identifier"])


def test_twenty_holders_hold_one_licence_jointly(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    others = [
        {"kind": "person", "code_type": "414", "code": f"E{number:08d}", "name": f"某{number}"}
        for number in range(19)
    ]
    answer = issue(issuer, food_licence(data, holders=[*others, person(data)]))
    assert len(_holders(shared_app, answer["identifier"])) == 20
    assert _face(shared_app, answer["identifier"])


def test_spaces_around_number_and_name_are_left_out(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    body = food_licence(data, holders=[person(data) | {"name": "\u3000李 明 "}])
    answer = issue(issuer, body | {"number": f" {body['number']} "})
    assert answer["number"] == body["number"]
    assert [name for _code, name in _holders(shared_app, answer["identifier"])] == ["李 明"]
    again = issuer.post(PATH, body, key=uuid.uuid4().hex)
    assert (again.status_code, again.get_json()["slug"]) == (409, "stale_version")


def test_an_idempotency_key_of_128_characters_is_good(issuer: Machine, data: Path) -> None:
    issue(issuer, food_licence(data), key=uuid.uuid4().hex * 4)
