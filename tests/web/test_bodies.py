"""Bodies: their length is known, they are not too long, and they are JSON that says so."""

from __future__ import annotations

import gzip
import io
import json
import uuid
from typing import Any, Final

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.licences import PATH, food_licence
from tests.support.people import Machine, machine, sign_in
from tests.support.shared import deps_of
from wallet import numbers

CHECK: Final = "/api/v1/public/verifications"


@pytest.fixture(scope="module")
def issuer(shared_app: Flask) -> Machine:
    """The client whose bodies may be larger."""
    return machine(shared_app, deps_of(shared_app).config.data, "issuer")


def _send(app: Flask, body: bytes, path: str = CHECK, **options: Any) -> TestResponse:
    options.setdefault("content_type", "application/json")
    return app.test_client().post(path, data=body, **options)


def _assert_problem(answer: TestResponse, status: int, slug: str) -> None:
    assert answer.content_type == "application/problem+json"
    assert (answer.status_code, answer.get_json()["slug"]) == (status, slug), answer.text


def _padded(body: dict[str, Any], size: int) -> bytes:
    """The body as JSON of exactly that many bytes."""
    return json.dumps(body).encode().ljust(size)


def test_a_json_body_may_have_64_kib_and_no_byte_more(shared_app: Flask) -> None:
    body = {"code": "x"}
    assert _send(shared_app, _padded(body, numbers.JSON_BODY_MAX)).status_code == 200
    _assert_problem(_send(shared_app, _padded(body, numbers.JSON_BODY_MAX + 1)), 413, "too_large")


def test_a_licence_may_have_one_mib_and_no_byte_more(shared_app: Flask, issuer: Machine) -> None:
    body = food_licence(deps_of(shared_app).config.data)
    headers = issuer.headers | {"Idempotency-Key": uuid.uuid4().hex}
    longest = _padded(body, numbers.LICENCE_BODY_MAX)
    _assert_problem(_send(shared_app, longest + b" ", PATH, headers=headers), 413, "too_large")
    assert _send(shared_app, longest, PATH, headers=headers).status_code == 201


@pytest.mark.parametrize("path", ["/oauth/token", "/demo/session", "/sign-out", "/api/v1/nothing"])
def test_no_other_address_takes_more_than_64_kib(shared_app: Flask, path: str) -> None:
    body = b"a=" + b"x" * numbers.JSON_BODY_MAX
    answer = _send(shared_app, body, path, content_type="application/x-www-form-urlencoded")
    _assert_problem(answer, 413, "too_large")


@pytest.mark.parametrize("encoding", ["chunked", "Chunked", "gzip, chunked"])
def test_a_chunked_body_is_refused_for_want_of_a_length(shared_app: Flask, encoding: str) -> None:
    answer = shared_app.test_client().post(
        CHECK,
        input_stream=io.BytesIO(b'{"code": "x"}'),
        content_type="application/json",
        headers={"Transfer-Encoding": encoding},
    )
    _assert_problem(answer, 411, "length_required")


NO_JSON: Final = [
    b"",
    b"{",
    b"{'code': 'x'}",
    b'{"code": "x"} {}',
    b'{"code": NaN}',
    b'{"code": Infinity}',
    b'{"code": "\\ud800"}',
    b'{"code": "\xff"}',
    b'\xef\xbb\xbf{"code": "x"}',
    '{"code": "x"}'.encode("utf-16"),
    b"[" * 60_000,
    b'{"code":' * 8_000,
    b'{"code": "a\nb"}',
    gzip.compress(b'{"code": "x"}'),
]


@pytest.mark.parametrize("path", [CHECK, "/api/v1/me/codes", "/api/v1/verifications"])
def test_what_is_no_json_is_a_bad_request(shared_app: Flask, path: str) -> None:
    visitor = sign_in(shared_app, "desk-zhao" if path.endswith("verifications") else "holder-li")
    for body in NO_JSON:
        answer = visitor.http.post(
            path, data=body, content_type="application/json", headers=visitor._csrf()
        )
        _assert_problem(answer, 400, "bad_request")


def test_a_compressed_body_is_not_unpacked(shared_app: Flask) -> None:
    bomb = gzip.compress(b'{"code": "' + b"x" * 10_000_000 + b'"}')
    assert len(bomb) < numbers.JSON_BODY_MAX
    answer = _send(shared_app, bomb, headers={"Content-Encoding": "gzip"})
    _assert_problem(answer, 400, "bad_request")


@pytest.mark.parametrize("path", [CHECK, "/api/v1/verifications"])
def test_another_content_type_is_unsupported(shared_app: Flask, path: str) -> None:
    visitor = sign_in(shared_app, "desk-zhao")
    form, jsonp = "application/x-www-form-urlencoded", "application/jsonp"
    for content_type in ("text/plain", form, "multipart/form-data", jsonp, None):
        answer = visitor.http.post(
            path, data=b'{"code": "x"}', content_type=content_type, headers=visitor._csrf()
        )
        _assert_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("path", [CHECK, "/api/v1/me/codes", "/api/v1/verifications"])
def test_json_that_is_no_object_is_invalid(shared_app: Flask, path: str) -> None:
    visitor = sign_in(shared_app, "desk-zhao" if path.endswith("verifications") else "holder-li")
    for body in ([], None, 7, "x", [{"code": "x"}]):
        answer = visitor.http.post(
            path, data=json.dumps(body), content_type="application/json", headers=visitor._csrf()
        )
        _assert_problem(answer, 422, "invalid")


@pytest.mark.parametrize(
    "path",
    ["/api/v1/catalogue/%00", "/catalogue/%00", "/api/v1/me/licences/%00", "/api/v1/me/codes/%00",
     "/wallet/%00", "/api/v1/catalogue/%ff%fe", "/api/v1/catalogue/" + "x" * 5000],
)  # fmt: skip
def test_a_strange_path_is_not_found(shared_app: Flask, path: str) -> None:
    assert sign_in(shared_app, "holder-li").get(path).status_code == 404


@pytest.mark.parametrize("persona", ["", "nobody", "holder-li ", "汉", "x" * 5000])
def test_a_persona_that_does_not_exist_is_not_found(shared_app: Flask, persona: str) -> None:
    answer = shared_app.test_client().post("/demo/session", data={"persona": persona})
    assert (answer.status_code, answer.get_json()["slug"]) == (404, "not_found")
    assert "Set-Cookie" not in answer.headers


def test_a_zero_byte_in_a_form_of_parts_is_refused_before_anything_is_looked_up(
    shared_app: Flask,
) -> None:
    wang = sign_in(shared_app, "counter-wang")
    answer = wang.http.post(
        "/counter",
        data={"code": "\0", "matter": "\0"},
        content_type="multipart/form-data",
        headers=wang._csrf(),
    )
    _assert_problem(answer, 422, "invalid")


@pytest.mark.parametrize("kind", ["query", "form", "multipart"])
def test_a_zero_byte_in_a_value_is_refused(shared_app: Flask, kind: str) -> None:
    chen = sign_in(shared_app, "issuer-chen")
    if kind == "query":
        answer = chen.get("/issuer/catalogue/new?code=%00")
    else:
        cookie = chen.http.get_cookie("csrf_token")
        assert cookie is not None
        fields = {"csrf_token": cookie.value, "type": "\0", "code": "\0"}
        path = "/issuer/catalogue/new" if kind == "form" else "/issuer/batches"
        file = {"file": (io.BytesIO(b"x"), "a.csv")} if kind == "multipart" else {}
        answer = chen.http.post(path, data={**fields, **file})
    assert answer.status_code == 422
