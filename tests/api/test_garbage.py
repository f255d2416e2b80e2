"""Whatever is sent to an operation, it answers as documented: a problem, never a fault."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.support.operations import BODIES, LISTS, PATHS, Callers, send

EXPECTED: Final = {400, 404, 409, 413, 415, 422}
TEXTS: Final = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "\0", "0", "-1", "1e400", "9" * 400, "'; DROP TABLE licences;--", "../..", "\u202e",
         "１２", "true", "null", "ᠮᠣᠩ", "𠮷", "\ufeff", "h.x", "{{7*7}}", "%s%n", "2026-13-45"]
    ),
)  # fmt: skip
VALUES: Final = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), TEXTS,
        st.sampled_from([10**400, -(2**63), 2**64, 1e308]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
RUNS: Final = settings(
    max_examples=12, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def _assert_documented(answer: TestResponse, *, good: set[int]) -> None:
    if answer.status_code in good:
        return
    assert answer.status_code in EXPECTED, answer.text
    assert answer.content_type == "application/problem+json"
    problem = json.loads(answer.data)
    assert problem["status"] == answer.status_code
    assert problem.keys() >= {"type", "title", "detail", "slug"}
    assert problem["type"] == f"/problems/{problem['slug']}"


@pytest.mark.parametrize("path", BODIES)
@RUNS
@given(draw=st.data())
def test_a_body_with_one_member_spoilt_or_missing(
    callers: Callers, path: str, draw: st.DataObject
) -> None:
    caller, body = BODIES[path]
    name = draw.draw(st.sampled_from([*body, "another"]))
    value = draw.draw(VALUES)
    without = {key: kept for key, kept in body.items() if key != name}
    good = {200} if path.endswith("verifications") else set()
    for spoilt in (body | {name: value}, without):
        _assert_documented(send(callers[caller], path, spoilt), good=good)


@pytest.mark.parametrize("path", BODIES)
@RUNS
@given(body=VALUES)
def test_a_body_of_any_json(callers: Callers, path: str, body: Any) -> None:
    _assert_documented(send(callers[BODIES[path][0]], path, body), good=set())


@RUNS
@given(fields=st.dictionaries(
    st.sampled_from(["number", "premises", "business_form", "operator_name", "photo", "x"]),
    VALUES, max_size=4,
))  # fmt: skip
def test_face_fields_of_any_json(callers: Callers, fields: Any) -> None:
    body = BODIES["/api/v1/licences"][1] | {"fields": fields}
    _assert_documented(send(callers["issuing"], "/api/v1/licences", body), good=set())


@pytest.mark.parametrize("path", PATHS)
@RUNS
@given(part=TEXTS.filter(lambda text: text.strip("./?#") != ""))
def test_a_path_of_any_text(callers: Callers, path: str, part: str) -> None:
    answer = callers[PATHS[path]].http.get(path.format(quote(part, safe="")))
    _assert_documented(answer, good={200} if path.endswith("codes/{}") else set())


@pytest.mark.parametrize("path", LISTS)
@RUNS
@given(limit=TEXTS, cursor=TEXTS, more=TEXTS)
def test_a_list_with_any_query(
    callers: Callers, path: str, limit: str, cursor: str, more: str
) -> None:
    caller = callers[LISTS[path]]
    for query in ({"limit": limit}, {"cursor": cursor}, {"x": more}, {"limit": ["1", limit]}):
        _assert_documented(caller.http.get(path, query_string=query), good={200})


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("query", "status"),
    [("limit=0", 422), ("limit=1", 200), ("limit=200", 200), ("limit=201", 422), ("limit=x", 422),
     ("cursor=", 422), ("cursor=!", 422), ("cursor=A", 422), ("cursor=%00", 422),
     ("cursor=" + "9" * 65, 422)],
)  # fmt: skip
def test_a_page_has_one_to_200_entries_and_a_cursor_of_ours(
    callers: Callers, path: str, query: str, status: int
) -> None:
    answer = callers[LISTS[path]].http.get(f"{path}?{query}")
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.get_json().keys() == {"items", "next_cursor"}
