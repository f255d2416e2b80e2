"""A file of licences: good lines are stored and issued, bad ones reported with line and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask

from tests.support.batches import (
    BATCHES,
    csv_of,
    ndjson_of,
    progress,
    row_of,
    taken_in,
    upload,
    work_all,
    xlsx_of,
)
from tests.support.licences import (
    OTHER_ISSUER_CODE,
    client_of,
    day,
    food_fields,
    food_licence,
    licences_stored,
    person,
)
from tests.support.people import Machine, sign_in
from tests.support.shared import deps_of

Body = dict[str, Any]
MADE: Final[dict[str, Callable[[list[Body]], bytes]]] = {
    "ndjson": ndjson_of,
    "csv": lambda bodies: csv_of([row_of(body) for body in bodies]),
    "xlsx": lambda bodies: xlsx_of([row_of(body) for body in bodies]),
}
EACH_KIND = pytest.mark.parametrize("kind", MADE)


def held_numbers(app: Flask) -> dict[str, Body]:
    """The licences of holder-li, by number."""
    visitor, cursor = sign_in(app, "holder-li"), ""
    found: dict[str, Body] = {}
    while True:
        page = visitor.get(f"/api/v1/me/licences?limit=200{cursor}").get_json()
        found |= {licence["number"]: licence for licence in page["items"]}
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


@EACH_KIND
def test_every_licence_of_a_file_is_in_its_holders_wallet(
    shared_app: Flask, issuer: Machine, data: Path, kind: str
) -> None:
    bodies = [food_licence(data) for _ in range(3)]
    said = taken_in(shared_app, issuer, MADE[kind](bodies), kind)
    assert (said["state"], said["total"], said["done"]) == ("done", 3, 3)
    assert (said["stored"], said["failed"], said["items"]) == (3, 0, [])
    held = held_numbers(shared_app)
    for body in bodies:
        assert held[body["number"]]["status"] == "valid"
        assert held[body["number"]]["valid_until"] == body["valid_until"]


@EACH_KIND
def test_of_a_file_half_bad_the_good_half_is_stored_and_the_rest_named(
    shared_app: Flask, issuer: Machine, data: Path, kind: str
) -> None:
    wrong = [person(data) | {"code": "150602199003077514"}]
    bodies = [food_licence(data, **({"holders": wrong} if at % 2 else {})) for at in range(10)]
    said = taken_in(shared_app, issuer, MADE[kind](bodies), kind)
    assert (said["state"], said["stored"], said["failed"]) == ("done", 5, 5)
    first = 1 if kind == "ndjson" else 2
    assert [fault["line"] for fault in said["items"]] == [first + at for at in range(1, 10, 2)]
    for fault in said["items"]:
        assert (fault["slug"], fault["field"]) == ("holder_code", "holders.code")
        assert fault["column"] == (None if kind == "ndjson" else "证件号码")
        assert "150602199003077514" not in str(fault)
    held = held_numbers(shared_app)
    assert [body["number"] in held for body in bodies] == [True, False] * 5


@EACH_KIND
def test_the_same_file_again_is_the_same_batch_and_stores_nothing_twice(
    shared_app: Flask, issuer: Machine, data: Path, kind: str
) -> None:
    file = MADE[kind]([food_licence(data)])
    first = upload(issuer, file, kind).get_json()
    assert (first["state"], first["done"]) == ("waiting", 0)
    assert upload(issuer, file, kind).get_json()["id"] == first["id"]
    work_all(deps_of(shared_app))
    before = licences_stored(deps_of(shared_app))
    again = upload(issuer, file, kind).get_json()
    assert (again["id"], again["state"], again["stored"]) == (first["id"], "done", 1)
    work_all(deps_of(shared_app))
    assert licences_stored(deps_of(shared_app)) == before
    assert list(deps_of(shared_app).config.batches_dir.iterdir()) == []


def test_a_newer_version_in_the_same_file_supersedes_and_an_older_one_is_stale(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    body = food_licence(data)
    bodies = [body | {"version": version} for version in (1, 3, 2)]
    said = taken_in(shared_app, issuer, ndjson_of(bodies), "ndjson")
    assert (said["stored"], said["failed"]) == (2, 1)
    [fault] = said["items"]
    assert (fault["line"], fault["slug"], fault["field"]) == (3, "stale_version", "version")
    assert held_numbers(shared_app)[body["number"]]["identifier"].split(".")[-2] == "003"


def test_a_line_may_name_another_type_of_the_unit_and_none_of_another(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    bodies = [food_licence(data), food_licence(data, type="driving-licence"),
              food_licence(data, type="no-such-type")]  # fmt: skip
    said = taken_in(shared_app, issuer, ndjson_of(bodies), "ndjson", None)
    assert said["stored"] == 1
    assert [fault["slug"] for fault in said["items"]][1] == "unknown_type"
    assert said["failed"] == 2


def test_faults_come_in_pages(shared_app: Flask, issuer: Machine) -> None:
    said = taken_in(shared_app, issuer, b"{}x\n" * 5, "ndjson")
    assert said["failed"] == 5
    first = progress(issuer, said["id"], "?limit=3")
    assert [fault["line"] for fault in first["items"]] == [1, 2, 3]
    second = progress(issuer, said["id"], f"?limit=3&cursor={first['next_cursor']}")
    assert [fault["line"] for fault in second["items"]] == [4, 5]
    assert second["next_cursor"] is None


def test_a_batch_is_its_clients_alone(shared_app: Flask, issuer: Machine, data: Path) -> None:
    batch = upload(issuer, ndjson_of([food_licence(data)]), "ndjson").get_json()["id"]
    other = client_of(shared_app, OTHER_ISSUER_CODE, "issuing")
    assert other.get(f"{BATCHES}/{batch}").status_code == 404
    assert issuer.get(f"{BATCHES}/nothing").status_code == 404
    work_all(deps_of(shared_app))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_tables_write_is_put_into_the_one_form(
    shared_app: Flask, issuer: Machine, data: Path, kind: str
) -> None:
    second = {"kind": "organisation", "code_type": "001", "code": "91150602MADEM0601A",
              "name": "鄂尔多斯市蓝天餐饮有限公司（演示）"}  # fmt: skip
    body = food_licence(data, holders=[person(data), second], valid_until=None)
    row = row_of(
        body,
        证件类型="居民身份证;统一社会信用代码",
        证件号码="１５０６０２１９９００３０７７５１３；91150602madem0601a",
        签发日期="2026年1月5日",
        有效期起="2026/1/5",
        行政区划代码="１５０６０２",
        主体业态="集中用餐单位食堂",
    )
    made = csv_of if kind == "csv" else xlsx_of
    said = taken_in(shared_app, issuer, made([row]), kind)
    assert said["items"] == []
    licence = held_numbers(shared_app)[body["number"]]
    assert (licence["valid_from"], licence["valid_until"]) == ("2026-01-05", None)
    found = sign_in(shared_app, "holder-li").get(f"/api/v1/me/licences/{licence['identifier']}")
    fields = {field["key"]: field["value"] for field in found.get_json()["fields"]}
    assert fields["business_form"] == "集中用餐单位食堂"


def test_rare_characters_and_mongolian_are_stored_as_given_in_either_encoding(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        fields = food_fields(premises="𠮷林𬭎街", remarks="ᠮᠣᠩᠭᠣᠯ")
        body = food_licence(data, fields=fields)
        said = taken_in(shared_app, issuer, csv_of([row_of(body)], encoding=encoding), "csv")
        assert said["items"] == []
        identifier = held_numbers(shared_app)[body["number"]]["identifier"]
        found = sign_in(shared_app, "holder-li").get(f"/api/v1/me/licences/{identifier}").get_json()
        values = {field["key"]: field["value"] for field in found["fields"]}
        assert (values["premises"], values["remarks"]) == ("𠮷林𬭎街", "ᠮᠣᠩᠭᠣᠯ")


def test_a_licence_without_an_end_must_say_so(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    rows = [row_of(food_licence(data), 有效期止=""), row_of(food_licence(data), 有效期止=day(9))]
    said = taken_in(shared_app, issuer, csv_of(rows), "csv")
    assert said["stored"] == 1
    assert [(fault["line"], fault["column"]) for fault in said["items"]] == [(2, "有效期止")]
