"""The one table from error to HTTP, and its two forms: problem+json (RFC 9457) and a page.

Unknown errors reveal nothing: they are logged, the answer only says that something went wrong.
"""

from __future__ import annotations

from typing import Any, Final

import orjson
import structlog
from flask import Flask, Response, render_template, request
from flask_smorest import Api
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from wallet import errors
from wallet.base.database import DATABASE_ERRORS
from wallet.web.schemas import ProblemSchema
from wallet.web.way_back import here, leading_on

_log = structlog.get_logger()

STATUS: Final[dict[type[errors.DomainError], tuple[int, str, str]]] = {
    errors.NotSignedIn: (401, "not_signed_in", "尚未登录"),
    errors.NotPermitted: (403, "not_permitted", "没有权限"),
    errors.StepUpRequired: (403, "step_up_required", "需要再次确认身份"),
    errors.NotFound: (404, "not_found", "没有找到"),
    errors.Conflict: (409, "conflict", "与现状冲突"),
    errors.Invalid: (422, "invalid", "填写有误"),
    errors.TooMany: (429, "too_many_requests", "请求过多"),
    errors.Unavailable: (503, "unavailable", "暂时不能办理"),
}
"""Domain error → status, slug where the error has none of its own, title."""

HTTP_SLUGS: Final[dict[int, tuple[str, str, str]]] = {
    400: ("bad_request", "请求不完整", "请检查请求的格式后再试。"),
    404: ("not_found", "没有找到", "没有这个地址，请从首页重新进入。"),
    405: ("method_not_allowed", "方法不允许", "此地址不接受这种请求方法。"),
    411: ("length_required", "缺少长度", "请带上 Content-Length，不要分块发送。"),
    413: ("too_large", "内容过大", "请减小内容后再试。"),
    415: ("unsupported_media_type", "格式不支持", "请用 application/json 发送。"),
    422: ("invalid", "填写有误", "请按提示修改后再试。"),
    500: ("internal_error", "系统出错", "系统出错，已经记录，请稍后再试或按传统方式办理。"),
    503: ("unavailable", "暂时不能办理", "暂时不能记录，因此没有答复，请稍后再试。"),
}
"""Status → slug, title, and what to do, for errors of the HTTP layer itself."""

STEP_UP: Final = "/step-up"
"""Page on which whoever is signed in proves again who they are."""
_PROBLEM_JSON: Final = "application/problem+json"
_FOR_PROGRAMS: Final = (
    "/api/", "/oauth/", "/.well-known/", "/static/", "/demo/", "/healthz", "/readyz", "/metrics",
)  # fmt: skip
"""Where nobody reads with the eyes: a problem is always JSON there."""


def problem(
    status: int,
    slug: str,
    title: str,
    detail: str,
    field_errors: dict[str, Any] | None = None,
    members: dict[str, Any] | None = None,
) -> Response:
    """A problem in the form that this request wants: JSON for the API, a page for people.

    `members` are extension members of the JSON form (RFC 9457 §3.2).
    """
    if _wants_page():
        back_to = here() if status == 401 else "/"
        page = render_template(
            "error.html", status=status, slug=slug, title=title, detail=detail, back_to=back_to
        )
        return Response(page, status, mimetype="text/html")
    body = {
        "type": f"/problems/{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "slug": slug,
        **({"errors": field_errors} if field_errors else {}),
        **(members or {}),
    }
    return Response(orjson.dumps(body), status, mimetype=_PROBLEM_JSON)


def register_problems(app: Flask) -> None:
    """Answer every error of the app through the table."""

    @app.errorhandler(errors.DomainError)
    def domain_error(error: errors.DomainError) -> Response:
        if isinstance(error, errors.StepUpRequired) and _wants_page():
            return Response(status=303, headers={"Location": leading_on(STEP_UP, here())})
        status, slug, title = STATUS[type(error)]
        field_errors = error.errors if isinstance(error, errors.Invalid) else None
        answer = problem(status, error.slug or slug, title, error.detail, field_errors)
        if status == 401 and not _wants_page():
            answer.headers["WWW-Authenticate"] = "Bearer"
        if isinstance(error, errors.TooMany):
            answer.headers["Retry-After"] = str(error.retry_after)
        return answer

    @app.errorhandler(SQLAlchemyError)
    def database_error(error: SQLAlchemyError) -> Response:
        # The message of a database error may hold values of a row: only its class is logged.
        if not isinstance(error, DATABASE_ERRORS):
            return unknown_error(error)
        _log.error("database unavailable", error=type(error).__name__, route=_route())
        return _http_problem(503)

    @app.errorhandler(OSError)
    def file_error(error: OSError) -> Response:
        # A disk that is full or fails mends without us: whoever asks may come again.
        _log.error("file unavailable", error=error.strerror, route=_route())
        return _http_problem(503)

    @app.errorhandler(Exception)
    def unknown_error(error: Exception) -> Response:
        _log.error("unexpected error", error=type(error).__name__, route=_route(), exc_info=True)
        return _http_problem(500)


class ProblemApi(Api):  # type: ignore[misc]
    """flask-smorest whose errors, and their documentation, are problems as well."""

    ERROR_SCHEMA = ProblemSchema

    def _register_responses(self) -> None:
        # The library has one content type for all responses; these are its errors alone.
        self.DEFAULT_RESPONSE_CONTENT_TYPE = _PROBLEM_JSON
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer an HTTP error with the same table as the rest of the app."""
        return _http_error(error)


def _http_error(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:
        response = error.get_response()
        assert isinstance(response, Response)
        return response
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    answer = _http_problem(status, data.get("messages"))
    valid_methods = getattr(error, "valid_methods", None)
    if valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(valid_methods))
    for name, value in dict(data.get("headers") or {}).items():
        answer.headers[name] = value
    return answer


def _http_problem(status: int, messages: dict[str, Any] | None = None) -> Response:
    fallback = HTTP_SLUGS[500 if status >= 500 else 400]
    slug, title, detail = HTTP_SLUGS.get(status, fallback)
    field_errors = flatten_messages(messages) if messages else None
    if field_errors:
        path, sentences = next(iter(field_errors.items()))
        detail = f"{path}：{sentences[0]}" if path else sentences[0]
    return problem(status, slug, title, detail, field_errors)


def flatten_messages(messages: Any, path: str = "") -> dict[str, list[str]]:
    """Nested messages of marshmallow → {path: [sentences]}; the place (json, query) is left out."""
    if isinstance(messages, dict):
        flat: dict[str, list[str]] = {}
        for key, value in messages.items():
            part = "" if not path and key in ("json", "query", "headers", "form") else str(key)
            flat.update(flatten_messages(value, f"{path}.{part}".strip(".")))
        return flat
    if isinstance(messages, list):
        return {path: [str(message) for message in messages]}
    return {path: [str(messages)]}


def _wants_page() -> bool:
    """Whether a person reads the answer: browsers ask for HTML by name, programs for anything."""
    if request.path.startswith(_FOR_PROGRAMS):
        return False
    return any(kind == "text/html" and quality > 0 for kind, quality in request.accept_mimetypes)


def _route() -> str:
    # The template of the route, never the path: an identifier in it may embed an ID number.
    return request.url_rule.rule if request.url_rule else "unknown"
