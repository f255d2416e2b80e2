"""Security headers of every answer, and the limits that must hold before a body is read."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request
from werkzeug.exceptions import LengthRequired, NotFound, RequestEntityTooLarge

from verify.headers import HEADERS
from wallet import numbers
from wallet.errors import Invalid

_HSTS: Final = "max-age=31536000; includeSubDomains"


def protect(app: Flask, *, https: bool) -> None:
    """Refuse bodies without a length or too long, and put the headers on every answer."""

    @app.before_request
    def refuse_zero_bytes() -> None:
        # No address of ours has one, and PostgreSQL refuses to look for it.
        if "\0" in request.path:
            raise NotFound

    @app.before_request
    def limit_body() -> None:
        # A chunked body under MAX_CONTENT_LENGTH would be cut in silence: refuse it instead.
        # Who may send one reads the bytes as they come and counts them.
        if (
            "chunked" in request.headers.get("Transfer-Encoding", "").lower()
            and request.endpoint not in app.config["CHUNKED_ENDPOINTS"]
        ):
            raise LengthRequired
        larger: dict[str | None, int] = app.config["LARGE_BODY_ENDPOINTS"]
        limit = larger.get(request.endpoint, numbers.JSON_BODY_MAX)
        request.max_content_length = limit
        if (request.content_length or 0) > limit:
            raise RequestEntityTooLarge

    @app.before_request
    def refuse_zero_bytes_within() -> None:
        if request.path.startswith("/oauth/"):
            return  # RFC 6749 has refusals of its own
        sent = [request.args]
        kinds = {"application/x-www-form-urlencoded"}
        if request.endpoint not in app.config["LARGE_BODY_ENDPOINTS"]:
            kinds.add("multipart/form-data")  # one with a file is looked at as it comes
        if request.mimetype in kinds:
            sent.append(request.form)
        for form in sent:
            if any("\0" in text for pair in form.items(multi=True) for text in pair):
                raise Invalid("内容中有不能使用的字符，请删去后再试。")

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.extend(HEADERS)
        if https:
            response.headers["Strict-Transport-Security"] = _HSTS
        if request.endpoint != "static":
            # Answers are of one person and one moment; a shared cache must never hold one.
            response.headers.setdefault("Cache-Control", "no-store")
        return response
