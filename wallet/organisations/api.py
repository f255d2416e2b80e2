"""`POST /oauth/token` and `GET /.well-known/jwks.json`."""

from __future__ import annotations

from authlib.integrations.flask_oauth2 import AuthorizationServer
from flask import Flask, Response, current_app, jsonify

from wallet import numbers
from wallet.organisations.oauth import token_server
from wallet.organisations.schemas import KeySetSchema, TokenRequestSchema, TokenSchema
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps
from wallet.web.guards import guard, public

blueprint = ApiBlueprint(
    "organisations", __name__, description="客户端与公钥 · Machine clients and public keys"
)
_SERVER = "liangzheng.token_server"
_JWKS_MAX_AGE = numbers.KEY_SETTLE - 5 * numbers.KEY_LOOK
"""Seconds a key set may be cached: with the time until a process looks, a change settles."""
_FORM = "application/x-www-form-urlencoded"


def attach_token_server(app: Flask) -> None:
    """Give the app its token server."""
    app.extensions[_SERVER] = token_server(app)


@blueprint.route("/oauth/token", methods=["POST"])
@blueprint.response(200, TokenSchema)
@blueprint.doc(
    requestBody={"required": True, "content": {_FORM: {"schema": TokenRequestSchema}}},
    # A client proves itself by its secret, or by an assertion in the body.
    security=[{"clientSecret": []}, {}],
)
@guard(public(identify=False))
def issue_token() -> Response:
    """An access token for a machine client (RFC 6749 §4.4)."""
    server: AuthorizationServer = current_app.extensions[_SERVER]
    response: Response = server.create_token_response()
    return response


@blueprint.route("/.well-known/jwks.json")
@blueprint.response(200, KeySetSchema)
@guard(public(identify=False))
def public_keys() -> Response:
    """The public keys of the library (RFC 7517)."""
    response = jsonify(deps().keys.jwks())
    response.headers["Cache-Control"] = f"public, max-age={_JWKS_MAX_AGE}"
    return response
