"""Who holds a licence that was suspended or ended reads why; who may only show it does not."""

from __future__ import annotations

import pytest
from flask import Flask
from markupsafe import escape

from tests.support.clock import Clock
from tests.support.licences import client_of, food_licence, issue
from tests.support.people import Machine, Visitor, machine, sign_in
from tests.support.shared import deps_of
from tests.support.showing import SENIOR, SUSPENDED, identifier_of
from tests.support.statuses import BASIS, CANCEL, REASON, RESUME, REVOKE, SUSPEND, set_status
from wallet.base.clock import local_day, rfc3339

CHINESE = ("原因", "依据", "变更日期")
ENGLISH = ("Reason", "Legal basis", "Date of the change")


def page(holder: Visitor, identifier: str, language: str = "zh") -> str:
    """The page of a licence in that language."""
    holder.get(f"/preferences?lang={language}&next=/wallet")
    return holder.get(f"/wallet/{identifier}").text


def told(holder: Visitor, identifier: str) -> dict[str, str] | None:
    """The `status_change` of a licence in the wallet."""
    answer = holder.get(f"/api/v1/me/licences/{identifier}")
    assert answer.status_code == 200, answer.text
    change: dict[str, str] | None = answer.get_json()["status_change"]
    return change


@pytest.mark.parametrize(
    ("change", "label", "label_en"),
    [(SUSPEND, "暂扣", "Temporarily withheld"), (CANCEL, "注销", "Cancelled"), (REVOKE, "吊销", "Revoked")],
)  # fmt: skip
def test_label_reason_basis_and_day_are_on_the_page_in_both_languages(
    app: Flask, clock: Clock, change: dict[str, str], label: str, label_en: str
) -> None:
    issuer, identifier = new_licence(app)
    set_status(issuer, identifier, change)
    li = sign_in(app, "holder-li")
    day = local_day(clock.now).isoformat()
    for language, words in (("zh", (label, *CHINESE)), ("en", (label_en, *ENGLISH))):
        text = page(li, identifier, language)
        for word in (*words, REASON, BASIS, day):
            assert word in text, (language, word)
    assert told(li, identifier) == {
        "act": {"02": "suspend", "04": "cancel", "07": "revoke"}[change["code"]],
        "reason": REASON,
        "basis": BASIS,
        "at": rfc3339(clock.now),
    }


def test_a_reason_is_text_whatever_it_looks_like(app: Flask) -> None:
    issuer, identifier = new_licence(app)
    hostile = "<script>alert('x')</script>{{7*7}}"
    set_status(issuer, identifier, SUSPEND | {"reason": hostile})
    text = page(sign_in(app, "holder-li"), identifier)
    assert hostile not in text
    assert str(escape(hostile)) in text


def test_a_licence_that_stands_says_nothing_of_what_is_over(app: Flask) -> None:
    issuer, identifier = new_licence(app)
    li = sign_in(app, "holder-li")
    assert told(li, identifier) is None
    set_status(issuer, identifier, SUSPEND)
    set_status(issuer, identifier, RESUME)
    assert told(li, identifier) is None
    assert REASON not in page(li, identifier)


def test_a_newer_version_tells_why_the_older_was_suspended(app: Flask) -> None:
    data = deps_of(app).config.data
    issuer, body = machine(app, data, "issuer"), food_licence(data)
    set_status(issuer, issue(issuer, body)["identifier"], SUSPEND)
    second = issue(issuer, body | {"version": 2})["identifier"]
    change = told(sign_in(app, "holder-li"), second)
    assert change is not None
    assert (change["reason"], change["basis"]) == (REASON, BASIS)


def test_the_demo_says_why_its_suspended_licence_is(app: Flask) -> None:
    li = sign_in(app, "holder-li")
    assert "报停" in page(li, identifier_of(li, SUSPENDED))


def test_a_delegate_reads_that_it_is_suspended_but_not_why(app: Flask) -> None:
    elder, delegate = sign_in(app, "holder-elder"), sign_in(app, "delegate-li")
    identifier = identifier_of(elder, SENIOR)
    assert identifier == identifier_of(delegate, SENIOR, "delegate")
    unit = client_of(app, "11150603MADEM0337M", "issuing")
    set_status(unit, identifier, SUSPEND | {"code": "2"})
    assert told(elder, identifier) is not None
    assert told(delegate, identifier) is None
    text = page(delegate, identifier)
    assert "挂失" in text
    assert REASON not in text


def new_licence(app: Flask) -> tuple[Machine, str]:
    """A licence of holder-li, and the client that issued it."""
    data = deps_of(app).config.data
    issuer = machine(app, data, "issuer")
    return issuer, issue(issuer, food_licence(data))["identifier"]
