"""Basis documents: kept by managing units, cited by rules, flagged and never switched off when they lapse."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.units import DISTRICT, REGION, manager_at, managing_client, told
from wallet.base.clock import local_day, read_clock
from wallet.licences.in_step.alarms import alarms
from wallet.organisations.tree import subtree
from wallet.web.principal import Principal

PATH = "/api/v1/basis-documents"
ORDOS, AMR = "ordos-2022-161", "imar-amr-2023"
NEW = {
    "code": "ordos-2027-1",
    "number": "鄂府办发〔2027〕1号",
    "title": "新办法（演示）",
    "effective_from": "2027-01-01",
}


def listed(visitor: Visitor) -> dict[str, dict[str, Any]]:
    return {one["code"]: one for one in visitor.get(PATH).get_json()["items"]}


def slug(answer: Any) -> str:
    return str((answer.get_json() or {}).get("slug"))


def test_anybody_reads_which_documents_are_in_force_and_what_cites_them(app: Flask) -> None:
    found = listed(Visitor(app))
    assert (found[ORDOS]["state"], found[AMR]["state"]) == ("in_force", "lapsed")
    kinds = {one["kind"] for one in found[ORDOS]["cited_by"]}
    assert kinds == {"type", "item"}
    assert found[AMR]["cited_by"]


def test_the_catalogue_says_whether_the_document_of_a_type_is_in_force(app: Flask) -> None:
    types = Visitor(app).get("/api/v1/catalogue?limit=200").get_json()["items"]
    states = {one["basis_document"]["code"]: one["basis_document"]["state"] for one in types}
    assert states == {ORDOS: "in_force", AMR: "lapsed"}
    lapsed = next(one["code"] for one in types if one["basis_document"]["code"] == AMR)
    one = Visitor(app).get(f"/api/v1/catalogue/{lapsed}").get_json()["basis_document"]
    assert (one["state"], one["effective_to"]) == ("lapsed", "2026-02-01")
    page = Visitor(app).get(f"/catalogue/{lapsed}").text
    assert 'data-state="lapsed"' in page
    assert "已失效" in page


def test_a_manager_registers_one_and_changes_what_the_own_subtree_keeps(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    made = sun.post(PATH, NEW)
    assert made.status_code == 201, made.text
    assert (made.get_json()["state"], made.get_json()["effective_to"]) == ("future", None)
    assert slug(sun.post(PATH, NEW)) == "basis_exists"
    changed = sun.patch(
        f"{PATH}/{ORDOS}", {"replaced_by": NEW["code"], "effective_to": "2027-01-01"}
    )
    assert changed.get_json()["replaced_by"] == NEW["code"]
    assert changed.get_json()["cited_by"]
    assert [event["changed"] for event in told(app, "basis.changed")] == [
        ["effective_to", "replaced_by"]
    ]
    assert sun.patch(f"{PATH}/{ORDOS}", {"effective_to": "2027-01-01"}).status_code == 200
    assert len(told(app, "basis.changed")) == 1


def test_documents_of_units_above_and_beside_are_not_changed(app: Flask) -> None:
    sun, district = sign_in(app, "manager-sun"), manager_at(app, DISTRICT)
    for answer in (
        sun.patch(f"{PATH}/{AMR}", {"effective_to": None}),
        district.patch(f"{PATH}/{ORDOS}", {"title": "改名"}),
        sun.patch(f"{PATH}/nothing", {"title": "改名"}),
        sun.patch(f"{PATH}/%00", {"title": "改名"}),
    ):
        assert (answer.status_code, slug(answer)) == (404, "not_found")
    above = manager_at(app, REGION)
    assert above.patch(f"{PATH}/{AMR}", {"effective_to": "2028-02-01"}).status_code == 200
    assert listed(sun)[AMR]["state"] == "in_force"
    assert (
        managing_client(app, REGION).patch(f"{PATH}/{ORDOS}", {"title": "新名"}).status_code == 200
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"effective_to": "2022-09-28"}, "basis_days"),
        ({"replaced_by": ORDOS}, "basis_successor"),
        ({"replaced_by": "nothing"}, "basis_successor"),
        ({"effective_from": None}, "invalid"),
        ({"effective_from": "2022-9-28"}, "invalid"),
        ({"effective_to": "20270101"}, "invalid"),
        ({"title": ""}, "invalid"),
        ({"code": "other"}, "invalid"),
    ],
)
def test_a_change_that_does_not_fit_is_refused(
    app: Flask, body: dict[str, Any], reason: str
) -> None:
    answer = sign_in(app, "manager-sun").patch(f"{PATH}/{ORDOS}", body)
    assert (answer.status_code, slug(answer)) == (422, reason)


def test_two_documents_do_not_replace_each_other(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    sun.post(PATH, NEW)
    assert sun.patch(f"{PATH}/{ORDOS}", {"replaced_by": NEW["code"]}).status_code == 200
    assert slug(sun.patch(f"{PATH}/{NEW['code']}", {"replaced_by": ORDOS})) == "basis_successor"
    assert sun.patch(f"{PATH}/{ORDOS}", {"replaced_by": None}).get_json()["replaced_by"] is None
    assert sun.patch(f"{PATH}/{NEW['code']}", {"replaced_by": ORDOS}).status_code == 200


@pytest.mark.parametrize("code", ["new", "A", "", "a b", "x" * 65, "\x00"])
def test_a_code_is_of_small_letters_and_digits(app: Flask, code: str) -> None:
    assert sign_in(app, "manager-sun").post(PATH, NEW | {"code": code}).status_code == 422


def test_changes_ask_for_a_step_up(app: Flask, clock: Clock) -> None:
    sun = sign_in(app, "manager-sun")
    clock.advance(301)
    assert slug(sun.post(PATH, NEW)) == "step_up_required"


def test_the_alarm_counts_what_cites_it_and_ends_once_it_is_replaced_everywhere(app: Flask) -> None:
    deps, sun = deps_of(app), sign_in(app, "manager-sun")
    today = local_day(read_clock())
    with deps.db.read() as tx:
        root = tx.execute(subtree(1)).scalars().first()
    manager = Principal("staff", 0, 0, "", frozenset({"manager"}), unit_id=root)

    def counts() -> dict[str, int]:
        return {
            alarm.subject: alarm.count
            for alarm in alarms(deps, manager, read_clock())
            if alarm.kind == "basis"
        }

    ending = NEW | {
        "effective_from": str(date(2024, 1, 1)),
        "effective_to": str(today + timedelta(days=8)),
    }
    assert sun.post(PATH, ending).status_code == 201
    assert counts()[NEW["code"]] == 0
    assert counts()[AMR] >= 1
    assert sun.patch(f"{PATH}/{NEW['code']}", {"replaced_by": ORDOS}).status_code == 200
    assert NEW["code"] not in counts()


def test_the_page_warns_and_says_what_still_cites_a_lapsed_one(app: Flask) -> None:
    sun, today = sign_in(app, "manager-sun"), local_day(read_clock())
    ending = NEW | {"effective_from": "2024-01-01", "effective_to": str(today + timedelta(days=7))}
    assert sun.post(PATH, ending).status_code == 201
    page = sun.get("/manager/basis").text
    assert "还有 7 天失效" in page
    assert "还有 1 项引用" in page
    lapsed = sun.get(f"/manager/basis/{AMR}").text
    assert "仍在引用，照常有效" in lapsed
    assert 'data-testid="edit"' not in lapsed
    assert 'data-testid="edit"' in sun.get(f"/manager/basis/{ORDOS}").text
