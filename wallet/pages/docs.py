"""The API's description at `/api/openapi.json`, and a page to read it at `/api/docs`."""

from __future__ import annotations

from functools import cache

import orjson
from flask import Blueprint, Flask, Response, current_app, render_template
from flask_smorest import Api

from wallet.web.guards import guard, public

blueprint = Blueprint("api_docs", __name__)
_EXTENSION = "liangzheng.openapi"


def publish(app: Flask, api: Api) -> None:
    """Keep the description; it is written out once, at the first request."""
    app.extensions[_EXTENSION] = cache(lambda: orjson.dumps(api.spec.to_dict()))


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
