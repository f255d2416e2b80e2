"""A change of status that breaks a rule of form changes nothing, and the answer says which rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask

from tests.support.licences import food_licence, issue, stored_licence
from tests.support.people import Machine
from tests.support.shared import deps_of
from tests.support.showing import refusal
from tests.support.statuses import SUSPEND, changes_of, send_status, set_status
from wallet.licences.model import CHANGE_REASON
from wallet.numbers import TEXT_FIELD_MAX

LONGEST: Final = "改" * TEXT_FIELD_MAX


@pytest.fixture(scope="module")
def identifier(issuer: Machine, data: Path) -> str:
    """A licence that stays as it is."""
    given: str = issue(issuer, food_licence(data))["identifier"]
    return given


@pytest.mark.parametrize("member", ["reason", "basis"])
@pytest.mark.parametrize(
    "text",
    ["", "   ", LONGEST + "改", "两行\n文字", "制表\t符", "空\0字符", "\x1b[31m", "\u202e反向", "\ufeff",
     "\ufdd0", "\u2066x", None, 1, ["x"], {"x": "y"}],
)  # fmt: skip
def test_a_reason_or_basis_is_one_line_of_text(
    issuer: Machine, shared_app: Flask, identifier: str, member: str, text: object
) -> None:
    answer = send_status(issuer, identifier, SUSPEND | {member: text})
    assert refusal(answer) == (422, "invalid")
    assert answer.get_json()["errors"].keys() == {member}
    assert stored_licence(deps_of(shared_app), identifier).status == "valid"


@pytest.mark.parametrize("change", [
    {"status": "expired", "code": "05"}, {"status": "Suspended"}, {"status": None},
    {"status": ["suspended"]}, {"code": ""}, {"code": 2}, {"code": "0" * 65}, {"code": None},
    {"another": "x"}, {"version": 1},
])  # fmt: skip
def test_status_and_code_have_their_form_and_nothing_else_is_taken(
    issuer: Machine, identifier: str, change: dict[str, Any]
) -> None:
    assert refusal(send_status(issuer, identifier, SUSPEND | change)) == (422, "invalid")


@pytest.mark.parametrize("member", SUSPEND)
def test_every_member_is_needed(issuer: Machine, identifier: str, member: str) -> None:
    change = {name: value for name, value in SUSPEND.items() if name != member}
    answer = send_status(issuer, identifier, change)
    assert refusal(answer) == (422, "invalid")
    assert answer.get_json()["errors"] == {member: ["必填。"]}


@pytest.mark.parametrize(
    ("status", "code"),
    [("suspended", "01"), ("suspended", "07"), ("valid", "02"), ("revoked", "05"), ("valid", "99"),
     ("suspended", "２"), ("suspended", " 02"), ("suspended", "2")],
)  # fmt: skip
def test_a_code_is_one_of_the_type_that_means_the_status(
    issuer: Machine, shared_app: Flask, identifier: str, status: str, code: str
) -> None:
    answer = send_status(issuer, identifier, SUSPEND | {"status": status, "code": code})
    assert refusal(answer) == (422, "status_code")
    assert changes_of(deps_of(shared_app), identifier) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [(LONGEST, LONGEST), ("  逾期  ", "逾期"), ("𠮷野家 ᠮᠣᠩᠭᠣᠯ", "𠮷野家 ᠮᠣᠩᠭᠣᠯ"),
     ("<b>#x</b> =1+1 '; --", "<b>#x</b> =1+1 '; --")],
)  # fmt: skip
def test_a_reason_is_kept_as_given(
    issuer: Machine, shared_app: Flask, data: Path, given: str, kept: str
) -> None:
    deps, identifier = deps_of(shared_app), issue(issuer, food_licence(data))["identifier"]
    set_status(issuer, identifier, SUSPEND | {"reason": given})
    row = changes_of(deps, identifier)[-1]
    assert deps.vault.open(row.reason_sealed, CHANGE_REASON) == kept


def test_a_refused_change_says_nothing_of_what_was_sent(issuer: Machine, identifier: str) -> None:
    answer = send_status(issuer, identifier, SUSPEND | {"reason": "张三\n李四"})
    assert "张三" not in answer.text
