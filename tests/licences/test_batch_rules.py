"""A line of a batch keeps the same rules as a single licence: what one refuses, so does the other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask

from tests.licences.test_photos import REFUSED as PHOTOS
from tests.licences.test_refused_intake import REFUSED
from tests.support.batches import COLUMNS, csv_of, ndjson_of, row_of, taken_in, xlsx_of
from tests.support.licences import (
    day,
    food_fields,
    food_licence,
    licences_stored,
    operator_licence,
    person,
)
from tests.support.people import Machine
from tests.support.shared import deps_of


def test_every_refusal_of_a_single_licence_is_one_of_a_line(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    lines = [food_licence(data) | change(data) for change, _slug in REFUSED.values()]
    # As it came: escapes of lone surrogates are part of what is sent.
    file = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    before = licences_stored(deps_of(shared_app))
    said = taken_in(shared_app, issuer, file, "ndjson")
    assert (said["stored"], said["failed"]) == (0, len(REFUSED))
    assert licences_stored(deps_of(shared_app)) == before
    slugs = {fault["line"]: fault["slug"] for fault in said["items"]}
    expected = [slug for _change, slug in REFUSED.values()]
    assert dict(zip(REFUSED, slugs.values(), strict=True)) == dict(
        zip(REFUSED, expected, strict=True)
    )


def test_every_photo_that_a_single_licence_may_not_have_is_refused_in_a_line(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    file = ndjson_of([operator_licence(data, photo) for photo in PHOTOS.values()])
    said = taken_in(shared_app, issuer, file, "ndjson")
    assert (said["stored"], said["failed"]) == (0, len(PHOTOS))
    found = {fault["line"]: (fault["slug"], fault["field"]) for fault in said["items"]}
    assert dict(zip(PHOTOS, found.values(), strict=True)) == dict.fromkeys(
        PHOTOS, ("invalid_fields", "fields.photo")
    )


IN_A_TABLE: Final[dict[str, tuple[dict[str, Any], str, str]]] = {
    "a resident ID with a wrong check digit": (
        {"证件号码": "150602199003077514"}, "holder_code", "证件号码"),
    "a code type that nobody knows": ({"证件类型": "学生证"}, "holder_code_type", "证件类型"),
    "no name": ({"持证主体名称": ""}, "invalid", "持证主体名称"),
    "a bidi override in a name": ({"持证主体名称": "李\u202e明"}, "invalid", "持证主体名称"),
    "a control character in a field": ({"备注": "\x7f[31m"}, "invalid_fields", "备注"),
    "a number with a line break": ({"证照编号": "JY\n1"}, "invalid", "证照编号"),
    "a blank required field": ({"经营场所": "　"}, "invalid_fields", "经营场所"),
    "a field beyond its length": ({"经营者名称": "店" * 101}, "invalid_fields", "经营者名称"),
    "a label that is not in the list": ({"主体业态": "小卖部"}, "invalid_fields", "主体业态"),
    "a day that is none": ({"签发日期": "2026-02-30"}, "invalid", "签发日期"),
    "a day without its year": ({"有效期起": "1月5日"}, "invalid", "有效期起"),
    "an end before the start": ({"有效期止": day(-9)}, "validity_reversed", "有效期止"),
    "an area code of five digits": ({"行政区划代码": "15060"}, "invalid", "行政区划代码"),
    "a version in words": ({"版本": "一"}, "invalid", "版本"),
    "an ID number that a spreadsheet has rounded": (
        {"证件号码": "1.50602E+17"}, "number_cell", "证件号码"),
    "two names and one number": ({"持证主体名称": "李明；李娜"}, "holder_count", ""),
    "one holder twice": ({"持证主体名称": "李明；李明",
                          "证件号码": "150602199003077513;150602199003077513"},
                         "duplicate_holder", "证件号码"),
    "an identifier that is none": ({"证照标识": "1.2.156"}, "identifier_form", "证照标识"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_refusal_names_line_and_column_and_no_value(
    shared_app: Flask, issuer: Machine, data: Path, kind: str
) -> None:
    rows = [row_of(food_licence(data), **cells) for cells, _slug, _column in IN_A_TABLE.values()]
    said = taken_in(shared_app, issuer, (csv_of if kind == "csv" else xlsx_of)(rows), kind)
    assert (said["stored"], said["failed"]) == (0, len(IN_A_TABLE))
    found = {fault["line"]: (fault["slug"], fault["column"] or "") for fault in said["items"]}
    assert dict(zip(IN_A_TABLE, found.values(), strict=True)) == {
        name: (slug, column) for name, (_cells, slug, column) in IN_A_TABLE.items()
    }
    for fault in said["items"]:
        assert "李明" not in str(fault)
        assert "150602199" not in str(fault)


GOOD: Final[dict[str, dict[str, Any]]] = {
    "a lower-case x": {"证件号码": "15060219900231002x"},
    "full-width digits": {"证件号码": "１５０６０２１９９００３０７７５１３"},
    "an area code as a number": {"行政区划代码": 150602},
    "a day without hyphens": {"签发日期": "20260105"},
    "a day with dots and one digit": {"签发日期": "2026.1.5"},
    "a code instead of its label": {"主体业态": "1"},
}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_a_single_licence_may_say_a_row_may_too(
    shared_app: Flask, issuer: Machine, data: Path, kind: str
) -> None:
    # 15060219900231002x is a day that is none, so it shall be the only one refused.
    rows = [row_of(food_licence(data), **cells) for cells in GOOD.values()]
    said = taken_in(shared_app, issuer, (csv_of if kind == "csv" else xlsx_of)(rows), kind)
    assert [(fault["line"], fault["slug"]) for fault in said["items"]] == [(2, "holder_code")]
    assert said["stored"] == len(GOOD) - 1


def test_a_field_may_be_headed_by_its_key(shared_app: Flask, issuer: Machine, data: Path) -> None:
    header = ["premises" if name == "经营场所" else name for name in COLUMNS]
    row = row_of(food_licence(data))
    said = taken_in(shared_app, issuer, csv_of([row], header), "csv")
    assert (said["stored"], said["items"]) == (1, [])


def test_a_line_breaks_several_rules_and_each_is_named(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    body = food_licence(data, holders=[person(data)], fields=food_fields(premises="", remarks=7))
    said = taken_in(shared_app, issuer, json.dumps(body).encode(), "ndjson")
    assert said["failed"] == 1
    assert [fault["field"] for fault in said["items"]] == ["fields.premises", "fields.remarks"]
