"""Use items on pages: a form without a script says the whole item, and a reviewer reads what it changes."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict

from tests.support.items import EDITOR, begun_item, item_content, step
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import IDENTITY, OPEN_A_SHOP, RENEWAL
from tests.support.staff import send_form
from tests.support.units import BESIDE
from wallet.catalogue.model import UseItem, UseItemVersion
from wallet.organisations.model import Staff, Unit

PAGE: Final = "/manager/items"
_INPUT = re.compile(r'<input type="(text|checkbox)"[^>]*name="([^"]+)" value="([^"]*)"( checked)?')
_AREA = re.compile(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', re.DOTALL)
_SELECT = re.compile(r'<select[^>]*name="([^"]+)">(.*?)</select>', re.DOTALL)


def filled(page: str) -> dict[str, str]:
    """What a browser sends of the form of a page that nobody has touched."""
    form: MultiDict[str, str] = MultiDict()
    for kind, name, value, checked in _INPUT.findall(page):
        if kind == "text" or checked:
            form[name] = unescape(value)
    for name, value in _AREA.findall(page):
        form[name] = unescape(value)
    for name, options in _SELECT.findall(page):
        chosen = re.search(r'value="([^"]*)" selected', options)
        first = re.search(r'value="([^"]*)"', options)
        form[name] = (chosen or first or re.match("()", ""))[1]  # type: ignore[index]
    return form.to_dict()


def contents(app: Flask, code: str) -> list[Any]:
    """What the versions of an item say, the first one first."""
    with deps_of(app).db.read() as tx:
        return list(
            tx.execute(
                select(UseItemVersion.content)
                .where(UseItemVersion.code == code)
                .order_by(UseItemVersion.version)
            ).scalars()
        )


@pytest.mark.parametrize("code", [RENEWAL, OPEN_A_SHOP, IDENTITY])
def test_the_form_of_a_published_item_saved_unchanged_changes_nothing(
    app: Flask, code: str
) -> None:
    qian = sign_in(app, EDITOR)
    form = filled(qian.get(f"{PAGE}/new?code={code}").text)
    answer = send_form(qian, f"{PAGE}/new", **form, code=code, save="1")
    assert answer.status_code == 303, answer.text
    before, after = contents(app, code)
    for material in before["materials"]:
        for one in material["types"]:
            one["fields"].sort()
    for material in after["materials"]:
        for one in material["types"]:
            one["fields"].sort()
    assert after == before


def test_fields_are_listed_for_a_licence_that_was_chosen_before_anything_is_kept(
    app: Flask,
) -> None:
    qian = sign_in(app, EDITOR)
    form = filled(qian.get(f"{PAGE}/new").text)
    form |= {"name": "老年餐厅", "material-0-name": "优待证", "material-0-type-0": "senior-card"}
    page = send_form(qian, f"{PAGE}/new", **form, list="1")
    assert page.status_code == 200
    assert 'name="material-0-type-0-field-grade"' in page.text
    assert 'value="老年餐厅"' in page.text
    assert contents(app, "senior-canteen") == []


def test_an_item_without_a_way_without_a_phone_is_refused_and_nothing_typed_is_lost(
    app: Flask,
) -> None:
    qian = sign_in(app, EDITOR)
    form = filled(qian.get(f"{PAGE}/new?code={RENEWAL}").text)
    form |= {"traditional_channel": " ", "purpose": "刚刚写的用途"}
    answer = send_form(qian, f"{PAGE}/new", **form, code=RENEWAL, save="1")
    assert answer.status_code == 422
    assert "只能用手机办的事项不予受理" in answer.text
    assert "刚刚写的用途" in answer.text
    assert len(contents(app, RENEWAL)) == 1


def test_a_fault_is_told_where_it_is(app: Flask) -> None:
    qian = sign_in(app, EDITOR)
    form = filled(qian.get(f"{PAGE}/new?code={RENEWAL}").text)
    kept = {name: value for name, value in form.items() if "-field-" not in name}
    answer = send_form(qian, f"{PAGE}/new", **kept, code=RENEWAL, save="1")
    assert answer.status_code == 422
    assert "需要的材料 · 食品经营许可证 · 证照 · 第 1 项 · 可看信息" in answer.text


def submitted(app: Flask, **changes: Any) -> tuple[Visitor, Visitor, str]:
    """A new version of the renewal that waits for a manager: editor, manager, draft."""
    qian, sun = sign_in(app, EDITOR), sign_in(app, "manager-sun")
    draft = begun_item(qian, RENEWAL, item_content(app) | changes)
    assert step(qian, draft, "submission").status_code == 200
    return qian, sun, draft


def test_a_reviewer_reads_what_is_seen_more_and_less_and_publishes(app: Flask) -> None:
    materials = item_content(app)["materials"]
    materials[0]["types"][0]["fields"] = ["number", "operator_name", "premises", "credit_code"]
    materials.append({**materials[0], "name": "另一材料", "needed": False})
    qian, sun, draft = submitted(app, materials=materials, consent="ask")
    page = sun.get(f"{PAGE}/{draft}").text
    assert "食品经营许可证 · 食品经营许可证：多看 社会信用代码" in page
    assert "食品经营许可证 · 食品经营许可证：少看 经营项目" in page
    assert "另一材料：新增" in page
    assert "征得同意：由“持证人出示即可”改为“每次由持证人在手机上同意”" in page
    assert send_form(sun, f"{PAGE}/{draft}/decision", decision="pass").status_code == 303
    assert send_form(sun, f"{PAGE}/{draft}/decision", decision="publish").status_code == 303
    assert 'data-state="published"' in qian.get(f"{PAGE}/{draft}").text
    assert app.test_client().get(f"/api/v1/items/{RENEWAL}").get_json()["version"] == 2


@pytest.mark.parametrize("decision", ["", "return", "maybe"])
def test_a_decision_that_is_none_is_refused(app: Flask, decision: str) -> None:
    _qian, sun, draft = submitted(app)
    answer = send_form(sun, f"{PAGE}/{draft}/decision", decision=decision)
    assert answer.status_code == 422
    assert 'data-state="submitted"' in sun.get(f"{PAGE}/{draft}").text


def test_what_is_returned_is_a_form_again_with_the_reason(app: Flask) -> None:
    qian, sun, draft = submitted(app)
    returned = send_form(sun, f"{PAGE}/{draft}/decision", decision="return", reason="用途不清")
    assert returned.status_code == 303
    page = qian.get(f"{PAGE}/{draft}").text
    assert "退回的理由：用途不清" in page
    form = filled(page) | {"purpose": "核对经营者"}
    assert send_form(qian, f"{PAGE}/{draft}", **form, submit="1").status_code == 303
    assert 'data-state="submitted"' in sun.get(f"{PAGE}/{draft}").text


def test_a_manager_who_is_not_responsible_does_not_rewrite_the_draft_of_the_own_unit(
    app: Flask,
) -> None:
    _qian, sun, draft = submitted(app)
    assert send_form(sun, f"{PAGE}/{draft}", name="别的").status_code == 403


def test_who_submitted_it_reads_that_another_decides(app: Flask) -> None:
    _qian, sun, draft = submitted(app)
    with deps_of(app).db.begin() as tx:
        account = sun.get("/api/v1/me").get_json()["account"]
        tx.execute(
            update(UseItemVersion).where(UseItemVersion.id == int(draft)).values(authors=[account])
        )
    assert send_form(sun, f"{PAGE}/{draft}/decision", decision="pass").status_code == 403


def test_an_item_is_withdrawn_with_a_reason_by_a_manager_above(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    away = f"{PAGE}/withdrawal/{RENEWAL}"
    assert f'href="{away}"' in sun.get(PAGE).text
    assert send_form(sun, away, reason=" ").status_code == 422
    assert send_form(sun, away, reason="并入“一件事”").status_code == 303
    assert f'href="{away}"' not in sun.get(PAGE).text
    assert sun.get(away).status_code == 404
    with deps_of(app).db.read() as tx:
        assert tx.execute(select(UseItem.withdrawn_at).where(UseItem.code == RENEWAL)).scalar_one()


def test_a_manager_beside_finds_neither_draft_nor_item(app: Flask) -> None:
    _qian, sun, draft = submitted(app)
    with deps_of(app).db.begin() as tx:
        unit = tx.execute(select(Unit.id).where(Unit.code == BESIDE)).scalar_one()
        tx.execute(update(Staff).where(Staff.login == "manager-sun").values(unit_id=unit))
    for path in (f"{PAGE}/{draft}", f"{PAGE}/withdrawal/{RENEWAL}"):
        assert sun.get(path).status_code == 404
    assert RENEWAL not in sun.get(PAGE).text
