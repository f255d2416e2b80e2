"""The API's description at `/api/openapi.json`, and a page to read it at `/api/docs`."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import orjson
from flask import Blueprint, Flask, Response, current_app, render_template
from flask_smorest import Api

from wallet.web.cookies import CSRF_HEADER, SESSION_COOKIE
from wallet.web.deprecation import Deprecation, deprecation_of
from wallet.web.guards import Guard, guard, guard_of, public

blueprint = Blueprint("api_docs", __name__)
_EXTENSION = "liangzheng.openapi"
_SCHEMES: Final[dict[str, dict[str, Any]]] = {
    "client": {
        "type": "oauth2",
        "description": "客户端的访问令牌 · Access token of a machine client",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}},
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": (
            "登录会话，https 下为 __Host-session · "
            "Session of a person who is signed in; `__Host-session` over https"
        ),
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "cookie csrf_token 的值 · The value of the cookie `csrf_token`",
    },
    "clientSecret": {
        "type": "http",
        "scheme": "basic",
        "description": "客户端标识与密钥 · Identifier and secret of a machine client",
    },
}


def publish(app: Flask, api: Api) -> None:
    """Keep the description; it is written out once, at the first request."""
    for name, scheme in _SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
    app.extensions[_EXTENSION] = cache(lambda: orjson.dumps(_document(app, api)))


def _document(app: Flask, api: Api) -> dict[str, Any]:
    """The document, where each operation says who may call it as its guard does."""
    document: dict[str, Any] = api.spec.to_dict()
    for rule in app.url_map.iter_rules():
        operations = document["paths"].get(api.flask_plugin.flaskpath2openapi(rule.rule), {})
        declared = guard_of(app.view_functions[rule.endpoint])
        for method in rule.methods or ():
            if declared is not None and method.lower() in operations:
                operation = operations[method.lower()]
                operation.setdefault("security", _security(declared, method))
                _announce(operation, deprecation_of(app.view_functions[rule.endpoint]))
    return document


def _announce(operation: dict[str, Any], told: Deprecation | None) -> None:
    """Mark an operation that will go, with what to call instead."""
    if told is not None:
        operation["deprecated"] = True
        operation["description"] = (
            f"{told.sunset} 起停用，请改用 {told.instead} · Use {told.instead}"
        )


def _security(declared: Guard, method: str) -> list[dict[str, list[str]]]:
    """The ways to pass a guard, none for what is public; a session writes with its CSRF token."""
    kinds = {kind for kind, _role in declared.admitted}
    names = ["session"] if method == "GET" else ["session", "csrf"]
    ways: list[dict[str, list[str]]] = []
    if kinds & {"holder", "staff"}:
        ways.append({name: [] for name in names})
    if "client" in kinds:
        ways.append({"client": []})
    return ways


@blueprint.get("/api/openapi.json")
@guard(public())
def openapi() -> Response:
    """The OpenAPI 3 document."""
    return Response(current_app.extensions[_EXTENSION](), mimetype="application/json")


@blueprint.get("/api/docs")
@guard(public())
def api_docs() -> str:
    """The document as a page, with assets of our own host."""
    return render_template("public/api_docs.html")
