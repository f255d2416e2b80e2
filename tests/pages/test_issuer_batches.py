"""Files sent in by the unit's staff: taken as the API takes them, told of on a page, and of no other
unit."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.support.batches import csv_of, row_of, work_all
from tests.support.licences import FOOD, OTHER_ISSUER_CODE, client_of, food_licence
from tests.support.people import Visitor, machine, sign_in
from tests.support.shared import deps_of
from tests.support.staff import staff_of
from wallet.base.deps import Deps
from wallet.licences.batches.lines import read_header
from wallet.licences.model import Licence, LicenceBatch
from wallet.licences.of_unit import types_of_unit

PAGE = "/issuer/batches"


@pytest.fixture(scope="module")
def deps(shared_app: Flask) -> Deps:
    """The Deps of the shared app."""
    return deps_of(shared_app)


@pytest.fixture(scope="module")
def chen(shared_app: Flask) -> Visitor:
    """The unit's clerk."""
    return sign_in(shared_app, "issuer-chen")


def send(
    visitor: Visitor, file: bytes, name: str = "证照.csv", token: str | None = None, **more: str
) -> TestResponse:
    """Send a file as the page's form does; `more` are headers."""
    cookie = visitor.http.get_cookie("csrf_token")
    assert cookie is not None
    fields = {"csrf_token": cookie.value if token is None else token, "type": FOOD}
    return visitor.http.post(
        PAGE,
        data={**fields, "file": (io.BytesIO(file), name)},
        headers={"Accept": "text/html", **more},
    )


def batches(deps: Deps) -> int:
    """How many there are, with a file each that is not yet worked off."""
    [row] = deps.db.rows(select(func.count().label("n")).select_from(LicenceBatch))
    folder = deps.config.batches_dir
    waiting = len(list(folder.iterdir())) if folder.is_dir() else 0
    return int(row.n) + waiting


def test_good_lines_are_stored_in_the_name_of_the_clerk_and_bad_ones_told_on_the_page(
    shared_app: Flask, deps: Deps, chen: Visitor
) -> None:
    bodies = [food_licence(deps.config.data) for _ in range(3)]
    rows = [row_of(body) for body in bodies[:2]]
    rows.append(row_of(bodies[2], 有效期止="2000-01-01"))
    file = csv_of(rows)
    answer = send(chen, file)
    assert answer.status_code == 303
    waiting = chen.get(answer.location).text
    assert 'data-state="waiting"' in waiting
    work_all(deps)
    page = chen.get(answer.location).text
    assert 'data-state="done"' in page
    assert "第 4 行" in page
    assert "有效期止早于有效期起" in page
    told = chen.get(f"/api/v1/licence-batches/{answer.location.rsplit('/', 1)[1]}").get_json()
    assert (told["state"], told["stored"], told["failed"]) == ("done", 2, 1)
    staff = staff_of(deps, "issuer-chen")
    stored = deps.db.rows(select(Licence.client_id).where(Licence.staff_id == staff.id))
    assert [row.client_id for row in stored] == [None, None]
    # The same file is the same batch, for the unit's own system too.
    assert send(chen, file).location == answer.location
    system = machine(shared_app, deps.config.data, "issuer")
    again = system.http.post(
        f"/api/v1/licence-batches?type={FOOD}",
        data=file,
        headers=system.headers | {"Content-Type": "text/csv"},
    ).get_json()
    assert answer.location.endswith(again["id"])
    faults = list(
        csv.reader(io.StringIO(chen.get(f"{answer.location}/errors.csv").data.decode("utf-8-sig")))
    )
    assert faults[0] == ["行", "列", "项", "代码", "原因"]
    assert faults[1][:4] == ["4", "有效期止", "valid_until", "validity_reversed"]


def test_a_script_is_told_where_the_page_is_and_what_was_wrong(deps: Deps, chen: Visitor) -> None:
    file = csv_of([row_of(food_licence(deps.config.data))])
    answer = send(chen, file, Accept="application/json")
    assert answer.get_json()["page"].startswith(f"{PAGE}/")
    refused = send(chen, b"x", "证照.pdf", Accept="application/json")
    assert (refused.status_code, refused.get_json()["slug"]) == (422, "batch_format")


def test_without_its_token_or_cut_off_nothing_is_kept(deps: Deps, chen: Visitor) -> None:
    before = batches(deps)
    assert send(chen, b"x" * 200_000, token="").status_code == 403
    assert send(chen, b"x" * 200_000, token="wrong").status_code == 403
    assert send(chen, b"", "证照.csv").status_code == 422
    assert send(chen, b"x", "证照.doc").status_code == 422
    assert chen.http.post(PAGE, data={"file": (io.BytesIO(b"x"), "a.csv")}).status_code == 403
    cookie = chen.http.get_cookie("csrf_token")
    assert cookie is not None
    part = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}'
    start = part.format("csrf_token", "", cookie.value) + "\r\n" + part.format("type", "", FOOD)
    whole = start + "\r\n" + part.format("file", '; filename="a.csv"', "x,y\r\n1,2")
    for body, kind in (
        (whole, "multipart/form-data; boundary=b"),
        (start, "multipart/form-data; boundary=b"),
        (start + "\r\n--b--", "multipart/form-data; boundary=b"),
        (whole, "multipart/form-data"),
        (whole, "multipart/form-data; boundary=é"),
        ("--b", "multipart/form-data; boundary=b"),
    ):
        answer = chen.http.post(PAGE, data=body.encode(), content_type=kind)
        assert answer.status_code in (400, 403), (kind, answer.status_code)
    assert batches(deps) == before


def test_another_units_file_is_not_found(shared_app: Flask, deps: Deps, chen: Visitor) -> None:
    other = client_of(shared_app, OTHER_ISSUER_CODE, "issuing")
    foreign = other.http.post(
        f"/api/v1/licence-batches?type={FOOD}",
        data=csv_of([row_of(food_licence(deps.config.data))]),
        headers=other.headers | {"Content-Type": "text/csv"},
    ).get_json()["id"]
    for path in (
        f"{PAGE}/{foreign}",
        f"{PAGE}/{foreign}/errors.csv",
        f"/api/v1/licence-batches/{foreign}",
    ):
        assert chen.get(path).status_code == 404
    assert foreign not in chen.get(PAGE).text


def test_the_reader_takes_the_headers_of_every_template(
    deps: Deps, chen: Visitor, tmp_path: Path
) -> None:
    with deps.db.read() as tx:
        kinds = types_of_unit(tx, staff_of(deps, "issuer-chen").unit_id)
    assert len(kinds) > 1
    for kind in kinds:
        [header] = csv.reader(
            io.StringIO(chen.get(f"/issuer/templates/{kind.code}.csv").data.decode("utf-8-sig"))
        )
        book = openpyxl.load_workbook(
            io.BytesIO(chen.get(f"/issuer/templates/{kind.code}.xlsx").data)
        )
        assert [cell.value for cell in book.worksheets[0][1]] == header
        read = read_header(list(header), kind.code, kind.fields)
        assert {f"fields.{face['key']}" for face in kind.fields} <= set(read.members)
        assert kind.code in chen.get(f"/issuer/templates/{kind.code}.ndjson").text
    for path in ("driving-licence.csv", f"{FOOD}.exe", "none.csv"):
        assert chen.get(f"/issuer/templates/{path}").status_code == 404


def test_a_file_whose_lines_name_their_types_is_one_of_several(
    shared_app: Flask, deps: Deps, chen: Visitor
) -> None:
    issuer = machine(shared_app, deps.config.data, "issuer")
    sent = issuer.http.post(
        "/api/v1/licence-batches",
        data=json.dumps(food_licence(deps.config.data)) + "\n",
        headers=issuer.headers | {"Content-Type": "application/x-ndjson"},
    ).get_json()
    assert "<h1>证照文件</h1>" in chen.get(f"{PAGE}/{sent['id']}").text
    listed = chen.get(PAGE).text
    assert "多种" in listed
    assert "None" not in listed
    work_all(deps)
