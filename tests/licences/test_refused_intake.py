"""What an issuer's system sends wrong is refused with a stable slug, and nothing is stored."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.support.licences import (
    FOOD_TYPE_CODE,
    ISSUER_CODE,
    OTHER_ISSUER_CODE,
    PATH,
    day,
    food_fields,
    food_licence,
    licences_stored,
    person,
)
from tests.support.people import Machine
from tests.support.shared import deps_of
from wallet.licences.identifier import make_identifier

Change = Callable[[Path], dict[str, Any]]


def _holder(**changes: Any) -> Change:
    return lambda data: {"holders": [person(data) | changes]}


def _fields(**changes: Any) -> Change:
    return lambda _data: {"fields": food_fields(**changes)}


def _set(**changes: Any) -> Change:
    return lambda _data: changes


def _identifier(type_code: str = FOOD_TYPE_CODE, issuer: str = ISSUER_CODE) -> str:
    return make_identifier(type_code, issuer, 1)


def _wrong_check(identifier: str) -> str:
    return identifier[:-1] + ("A" if identifier[-1] != "A" else "B")


REFUSED: dict[str, tuple[Change, str]] = {
    "a type that is in no catalogue": (_set(type="no-such-type"), "unknown_type"),
    "no holder": (_set(holders=[]), "invalid"),
    "twenty-one holders": (lambda data: {"holders": [person(data)] * 21}, "invalid"),
    "one holder twice": (lambda data: {"holders": [person(data)] * 2}, "duplicate_holder"),
    "a holder twice, once in full width": (
        lambda data: {"holders": [person(data), person(data) | {"code": "１５０６０２１９９００３０７７５１３"}]},
        "duplicate_holder",
    ),
    "a holder kind that the type has not": (_set(type="special-equipment-operator", holders=[
        {"kind": "organisation", "code_type": "001", "code": "91150602MADEM0601A", "name": "公司"}
    ]), "holder_kind"),
    "a holder kind that nobody knows": (_holder(kind="robot"), "invalid"),
    "a code type of the other kind": (_holder(code_type="001"), "holder_code_type"),
    "an unknown code type": (_holder(code_type="777"), "holder_code_type"),
    "a resident ID with a wrong check digit": (_holder(code="150602199003077514"), "holder_code"),
    "a resident ID one digit short": (_holder(code="15060219900307751"), "holder_code"),
    "a resident ID born on a day that is none": (_holder(code="15060219900231751X"), "holder_code"),
    "a credit code with a wrong check character": (
        _set(holders=[{"kind": "organisation", "code_type": "001",
                       "code": "91150602MADEM0601B", "name": "公司"}]),
        "holder_code",
    ),
    "a passport with markup": (_holder(code_type="414", code="<b>E1</b>"), "holder_code"),
    "an empty name": (_holder(name=""), "invalid"),
    "a name beyond 200 characters": (_holder(name="李" * 201), "invalid"),
    "a bidi override in a name": (_holder(name="李\u202e明"), "invalid"),
    "a control character in a name": (_holder(name="李\u0007明"), "invalid"),
    "a zero byte in a number": (_set(number="JY\u0000"), "invalid"),
    "a line break in a number": (_set(number="JY\n1"), "invalid"),
    "a lone surrogate in a number": (_set(number="JY\ud800"), "bad_request"),
    "a bidi override in a field": (_fields(remarks="好\u202e坏"), "invalid_fields"),
    "a bidi isolate in a field": (_fields(remarks="好\u2066坏"), "invalid_fields"),
    "a control character in a field": (_fields(remarks="\u001b[31m"), "invalid_fields"),
    "a field beyond its length": (_fields(operator_name="店" * 101), "invalid_fields"),
    "a field beyond 500 characters": (_fields(remarks="店" * 501), "invalid_fields"),
    "a field that the type has not": (_fields(colour="red"), "invalid_fields"),
    "a required field that is missing": (_fields(premises=None), "invalid_fields"),
    "a required field that is empty": (_fields(premises=""), "invalid_fields"),
    "a number where words belong": (_fields(premises=7), "invalid_fields"),
    "a code that is not in the list": (_fields(business_form="9"), "invalid_fields"),
    "a list where a code belongs": (_fields(business_form=["3"]), "invalid_fields"),
    "an object where words belong": (_fields(premises={"a": 1}), "invalid_fields"),
    "a surrogate in the name of a field": (_set(fields={"\ud800": "1"}), "bad_request"),
    "fields that are a list": (_set(fields=[]), "invalid"),
    "valid-to before valid-from": (
        _set(valid_from=day(0), valid_until=day(-1)), "validity_reversed"
    ),
    "valid-to before the day of issue": (
        _set(issued_on=day(1), valid_from=day(0), valid_until=day(0)), "validity_reversed"
    ),
    "a day of a week": (_set(issued_on="2026-W01-1"), "invalid"),
    "a blank name": (_holder(name="\u3000 "), "invalid"),
    "a blank number": (_set(number="  "), "invalid"),
    "a number that ends with a line break": (_set(number="JY1\n"), "invalid"),
    "a noncharacter in a name": (_holder(name="李\ufdd0明"), "invalid"),
    "a required field that is blank": (_fields(premises="  "), "invalid_fields"),
    "an identifier of another area": (_set(identifier=_identifier(issuer="150603")),
                                      "identifier_issuer"),
    "a day that is none": (_set(issued_on="2026-02-30"), "invalid"),
    "a day with a time": (_set(issued_on="2026-02-03T00:00:00"), "invalid"),
    "a day without hyphens": (_set(issued_on="20260203"), "invalid"),
    "a day as a number": (_set(issued_on=20260203), "invalid"),
    "no valid_from": (_set(valid_from=None), "invalid"),
    "version 0": (_set(version=0), "invalid"),
    "version 1000": (_set(version=1000), "invalid"),
    "a version as text": (_set(version="1"), "invalid"),
    "an area code of five digits": (_set(area_code="15060"), "invalid"),
    "an area code in Arabic digits": (_set(area_code="١٥٠٦٠٢"), "invalid"),
    "a member that nobody knows": (_set(status="valid"), "invalid"),
    "an identifier with a wrong check character": (
        _set(identifier=_wrong_check(_identifier())), "identifier_check"
    ),
    "an identifier of another root": (_set(identifier="1.2.156.3006.2" + _identifier()[14:]),
                                      "identifier_form"),
    "an identifier in lower case": (_set(identifier=_identifier().lower()), "identifier_form"),
    "an identifier of another type": (
        _set(identifier=_identifier(type_code="11100000MADEM1014H001")), "identifier_type"
    ),
    "an identifier of another issuer": (
        _set(identifier=_identifier(issuer=OTHER_ISSUER_CODE)), "identifier_issuer"
    ),
    "an identifier of another version": (
        _set(identifier=_identifier(), version=2), "identifier_version"
    ),
    "an identifier of version 000": (
        _set(identifier=make_identifier(FOOD_TYPE_CODE, ISSUER_CODE, 0)), "identifier_version"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_with_its_slug_and_nothing_is_stored(
    shared_app: Flask, issuer: Machine, data: Path, case: str
) -> None:
    change, slug = REFUSED[case]
    before = licences_stored(deps_of(shared_app))
    answer = issuer.http.post(
        PATH,
        data=json.dumps(food_licence(data) | change(data)),  # writes lone surrogates as well
        headers=issuer.headers | {"Idempotency-Key": uuid.uuid4().hex},
        content_type="application/json",
    )
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    expected = 400 if slug == "bad_request" else 422
    assert (answer.status_code, problem["slug"]) == (expected, slug), problem
    assert licences_stored(deps_of(shared_app)) == before


def test_a_type_of_another_unit_is_beyond_the_permission(
    issuer: Machine, shared_app: Flask, data: Path
) -> None:
    before = licences_stored(deps_of(shared_app))
    answer = issuer.post(PATH, food_licence(data, type="driving-licence"), key=uuid.uuid4().hex)
    assert (answer.status_code, answer.get_json()["slug"]) == (403, "not_permitted")
    assert licences_stored(deps_of(shared_app)) == before


@pytest.mark.parametrize("key", [None, "k" * 129, "钥匙"])
def test_it_needs_an_idempotency_key_of_at_most_128_visible_characters(
    issuer: Machine, data: Path, key: str | None
) -> None:
    headers = {"Idempotency-Key": key.encode().decode("latin-1")} if key else {}
    answer = issuer.http.post(PATH, json=food_licence(data), headers=issuer.headers | headers)
    assert (answer.status_code, answer.get_json()["slug"]) == (422, "invalid")
    assert "Idempotency-Key" in answer.get_json()["errors"]


def test_a_refusal_names_the_place_and_never_repeats_the_value(issuer: Machine, data: Path) -> None:
    holder = person(data) | {"code": "150602199003077514"}
    answer = issuer.post(PATH, food_licence(data, holders=[holder]), key=uuid.uuid4().hex)
    assert "150602199003077514" not in answer.text
    answer = issuer.post(PATH, food_licence(data, area_code="15060X"), key=uuid.uuid4().hex)
    assert list(answer.get_json()["errors"]) == ["area_code"]
    assert "15060X" not in answer.text
