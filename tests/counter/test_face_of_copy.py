"""A copy shows what its item may see of the licence, as a code does, and no more."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask import Flask

from tests.support.counter import ALLOWANCE, begun, licence_in, printed
from tests.support.documents import text_of
from tests.support.people import Visitor

_NEEDED = ("王秀英", "1948年6月15日", "70 至 79 周岁")
_NOT_NEEDED = ("演示苑", "李娜")


@pytest.mark.parametrize("edition", ["", "?large=1"])
def test_for_an_item_the_other_fields_stand_there_by_name_alone(
    app: Flask, wang: Visitor, tmp_path: Path, edition: str
) -> None:
    copy = printed(wang, begun(app, wang), item=ALLOWANCE)
    told = "".join(text_of(wang.get(copy["pdf"] + edition).data, tmp_path).split())
    assert all("".join(one.split()) in told for one in _NEEDED)
    assert not any(one in told for one in _NOT_NEEDED)
    assert told.count("此事项不用，没有印出") == len(_NOT_NEEDED) + 1
    assert ("紧急联系人" in told, "常住地址" in told) == (True, True)


def test_for_no_item_of_the_list_the_whole_face_is_printed(
    app: Flask, wang: Visitor, tmp_path: Path
) -> None:
    told = text_of(wang.get(printed(wang, begun(app, wang))["pdf"]).data, tmp_path)
    assert all(one in told for one in _NOT_NEEDED)
    assert "没有印出" not in told


def test_the_form_is_filled_in_by_the_matter_that_the_session_was_narrowed_to(
    app: Flask, wang: Visitor
) -> None:
    session = begun(app, wang)
    page = f"/counter/{session['id']}"
    narrowed = wang.get(f"{page}?item={ALLOWANCE}").text
    [link] = set(re.findall(r'href="([^"]+/copy\?[^"]+)"', narrowed))
    form = wang.get(html.unescape(link)).text
    assert f'<option value="{ALLOWANCE}" selected>' in form
    assert 'value="高龄津贴申领"' in form
    assert 'value="东胜区政务服务大厅（演示）"' in form
    plain = wang.get(f"{page}/copy?licence={licence_in(session)}").text
    assert "selected" not in plain
    assert 'value="申领高龄津贴"' in plain


def test_only_matters_that_use_all_of_the_chosen_licences_are_offered(
    app: Flask, wang: Visitor
) -> None:
    session = begun(app, wang)
    of_one, of_all = ({licence_in(session)}, {one["identifier"] for one in session["licences"]})
    assert len(of_all) > 1
    offered = [
        set(re.findall(r'<option value="([^"]+)"', _form_of(wang, session, licences)))
        for licences in (of_one, of_all)
    ]
    assert ALLOWANCE in offered[0]
    assert ALLOWANCE not in offered[1]
    assert offered[1] < offered[0]


def _form_of(wang: Visitor, session: dict[str, str], licences: set[str]) -> str:
    query = "&".join(f"licence={one}" for one in sorted(licences))
    return wang.get(f"/counter/{session['id']}/copy?{query}").text
