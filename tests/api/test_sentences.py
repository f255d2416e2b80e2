"""What an answer says to a person it says in Chinese, whatever was sent."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from werkzeug.test import TestResponse

from tests.support.operations import BODIES, LISTS, Callers, send
from tests.support.people import Machine

WRONG: Final[list[Any]] = [
    None, True, 1, -1, 1.5, 10**400, "", "x", "a\nb", "x" * 5000, [], [None], [1], [["x"]], {},
    {"x": 1}, [{}], [{"kind": 1, "code": None}],
]  # fmt: skip
ENGLISH: Final = re.compile(r"[A-Za-z]+ [a-z]+")


def assert_chinese(answer: TestResponse) -> None:
    problem = answer.get_json()
    told = [said for members in problem.get("errors", {}).values() for said in members]
    for sentence in (problem["title"], problem["detail"], *told):
        assert re.search("[一-鿿]", sentence), sentence
        assert not ENGLISH.search(sentence), sentence


@pytest.mark.parametrize("path", BODIES)
def test_a_wrong_member_is_told_in_chinese(callers: Callers, path: str) -> None:
    caller, body = BODIES[path]
    without = [{key: kept for key, kept in body.items() if key != name} for name in body]
    spoilt = [body | {name: value} for name in [*body, "另一项"] for value in WRONG]
    refused = 0
    for sent in [*without, *spoilt, *WRONG]:
        answer = send(callers[caller], path, sent)
        if answer.status_code >= 400:
            refused += 1
            assert_chinese(answer)
    assert refused > len(WRONG)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"code": NaN}', b'{"code": "\\ud800"}'])
def test_a_body_that_is_no_json_is_told_in_chinese(callers: Callers, data: bytes) -> None:
    for path, (caller, _body) in BODIES.items():
        who = callers[caller]
        headers = who.headers if isinstance(who, Machine) else who._csrf()
        for content_type in ("application/json", "text/plain"):
            answer = who.http.post(path, data=data, content_type=content_type, headers=headers)
            assert answer.status_code in (400, 415, 422)
            assert_chinese(answer)


@pytest.mark.parametrize(
    "query", ["limit=", "limit=x", "limit=0", "limit=" + "9" * 400, "cursor=", "cursor=!",
              "cursor=" + "x" * 129],
)  # fmt: skip
def test_a_wrong_query_is_told_in_chinese(callers: Callers, query: str) -> None:
    for path, caller in LISTS.items():
        answer = callers[caller].http.get(f"{path}?{query}")
        assert answer.status_code == 422
        assert_chinese(answer)


def test_a_missing_idempotency_key_is_told_in_chinese(callers: Callers) -> None:
    path = "/api/v1/licences"
    answer = callers["issuing"].post(path, BODIES[path][1])
    assert answer.status_code == 422
    assert_chinese(answer)
