"""A photo is a whole JPEG or PNG of at most 512 KiB and 16 million pixels."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from flask import Flask

from tests.support.licences import PATH, encoded, image, image_of, issue, operator_licence
from tests.support.people import Machine, sign_in
from wallet import numbers

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
JPEG = image(64, 64, "JPEG")
PNG = image(64, 64)

REFUSED = {
    "empty base64": "=",
    "not base64": "这不是照片",
    "base64 with a line break": encoded(PNG)[:8] + "\n" + encoded(PNG)[8:],
    "a data URI": f"data:image/png;base64,{encoded(PNG)}",
    "no image": encoded(b"MZ" + b"\0" * 200),
    "an SVG with a script": encoded(SVG),
    "a GIF": encoded(image(8, 8, "GIF")),
    "a JPEG cut off": encoded(JPEG[:-40]),
    "a PNG cut off": encoded(PNG[:-20]),
    "a PNG with a broken checksum": encoded(PNG[:20] + b"\xff" + PNG[21:]),
    "one byte more than 512 KiB": encoded(image_of(numbers.PHOTO_MAX + 1)),
    "one row more than 16 million pixels": encoded(image(4000, 4001)),
    "50 megapixels": encoded(image(10_000, 5_000)),
}
ACCEPTED = {
    "exactly 512 KiB": (encoded(image_of(numbers.PHOTO_MAX)), "image/jpeg"),
    "exactly 16 million pixels": (encoded(image(4000, 4000)), "image/png"),
    "a small JPEG": (encoded(JPEG), "image/jpeg"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused(issuer: Machine, data: Path, case: str) -> None:
    answer = issuer.post(PATH, operator_licence(data, REFUSED[case]), key=uuid.uuid4().hex)
    assert (answer.status_code, answer.get_json()["slug"]) == (422, "invalid_fields")
    assert list(answer.get_json()["errors"]) == ["fields.photo"]


@pytest.mark.parametrize("case", ACCEPTED)
def test_it_is_given_out_as_a_data_uri(
    shared_app: Flask, issuer: Machine, data: Path, case: str
) -> None:
    photo, kind = ACCEPTED[case]
    identifier = issue(issuer, operator_licence(data, photo))["identifier"]
    answer = sign_in(shared_app, "holder-li").get(f"/api/v1/me/licences/{identifier}")
    face = {field["key"]: field["value"] for field in answer.get_json()["fields"]}
    assert face["photo"] == f"data:{kind};base64,{photo}"
