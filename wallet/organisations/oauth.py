"""The OAuth 2.0 token endpoint for machine clients (RFC 6749 §4.4), by Authlib.

Client credentials only, authenticated by `client_secret_basic` or `private_key_jwt` (RFC 7523).
The token is an opaque session; what a client may do is read at each request, never from it.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any, Final

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from flask import Flask, Response, g, request
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import select

from wallet import numbers
from wallet.base.database import AnyRow, insert_if_new
from wallet.organisations.model import Client, ClientAssertion, Unit
from wallet.organisations.refused_clients import Cause, record_refused_client
from wallet.web import sessions
from wallet.web.deps import deps, now
from wallet.web.problems import problem

PRIVATE_KEY_JWT: Final = "private_key_jwt"
_LEEWAY: Final = 30
_JTI_MAX: Final = 128
_UNREADABLE: Final = (JoseError, ValueError, TypeError, KeyError, RecursionError, OverflowError)
"""What credentials that nobody can read raise."""


def hash_secret(secret: str) -> bytes:
    """What is kept of a client secret; it has 256 random bits, so a plain digest is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def token_server(app: Flask) -> AuthorizationServer:
    """An authorisation server of this app that knows the client-credentials grant alone."""
    app.config["OAUTH2_ACCESS_TOKEN_GENERATOR"] = _issue_token
    app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"client_credentials": numbers.ACCESS_TOKEN_LIFE}
    server = _Server(app, query_client=_find_client, save_token=lambda token, request: None)
    server.register_grant(_ClientCredentials)
    server.register_client_auth_method(PRIVATE_KEY_JWT, _Assertion())
    return server


class _Server(AuthorizationServer):  # type: ignore[misc]
    def authenticate_client(self, request: Any, methods: Any, endpoint: str = "token") -> Any:
        """The client; a header or an assertion that cannot be read is one that proves nothing."""
        try:
            return super().authenticate_client(request, methods, endpoint)
        except _UNREADABLE:
            raise InvalidClientError(description="Unreadable credentials.") from None

    def handle_response(self, status_code: int, payload: dict[str, Any], headers: Any) -> Response:
        """Errors are problems as everywhere, and carry RFC 6749's `error` as well."""
        response: Response = super().handle_response(status_code, payload, headers)
        if status_code < 400:
            return response
        _tell_of_refusal()
        error = str(payload.get("error", "invalid_request"))
        status = 401 if error == "invalid_client" else status_code
        answer = problem(
            status,
            error,
            "未能签发令牌",
            "请核对客户端的标识、密钥或断言，以及 grant_type=client_credentials。",
            members={"error": error},
        )
        if status == 401:
            answer.headers["WWW-Authenticate"] = 'Basic realm="liangzheng"'
        return answer


class _OAuthClient(ClientMixin):  # type: ignore[misc]
    """A row of `clients` as Authlib wants to see it."""

    def __init__(self, row: AnyRow) -> None:
        self.id: int = row.id
        self.unit_id: int = row.unit_id
        self.client_id: str = row.client_id
        self.secret_hash: bytes | None = row.secret_hash
        self.old_secret_hash: bytes | None = row.old_secret_hash
        self.old_secret_until: datetime | None = row.old_secret_until
        self.jwks: dict[str, Any] | None = row.jwks

    def get_client_id(self) -> str:
        return self.client_id

    def get_allowed_scope(self, scope: str | None) -> str:
        return ""

    def check_client_secret(self, client_secret: str) -> bool:
        given, old_until = hash_secret(client_secret), self.old_secret_until
        good = [self.secret_hash]
        if old_until is not None and now() < old_until:
            good.append(self.old_secret_hash)
        if any(kept is not None and hmac.compare_digest(kept, given) for kept in good):
            return True
        _note(self, "secret")
        return False

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        if method == "client_secret_basic":
            return self.secret_hash is not None
        return method == PRIVATE_KEY_JWT and self.jwks is not None

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"


class _ClientCredentials(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", PRIVATE_KEY_JWT]

    def validate_token_request(self) -> None:
        if request.args:
            # A secret in an address ends up in logs: nothing is taken from there.
            raise InvalidRequestError("Parameters belong in the body.")
        super().validate_token_request()


class _Expired(InvalidClientError):  # type: ignore[misc]
    """An assertion of the client's own key that is over."""


class _Assertion(JWTBearerClientAssertion):  # type: ignore[misc]
    # The library's own name for the method is not the registered one.
    CLIENT_AUTH_METHOD = PRIVATE_KEY_JWT

    def __init__(self) -> None:
        super().__init__(leeway=_LEEWAY)

    def __call__(self, query_client: Any, request: Any) -> Any:
        """The client that an assertion proves, None without one; notes why a known client's proves nothing."""
        try:
            return super().__call__(query_client, request)
        except _Expired:
            _note(request.client, "assertion_expired")
            raise
        except (*_UNREADABLE, InvalidClientError):
            if isinstance(request.client, _OAuthClient):
                _note(request.client, "assertion")
            raise

    def get_audiences(self) -> list[str]:
        issuer = deps().config.public_url
        return [issuer, f"{issuer}/oauth/token"]

    def verify_claims(self, claims: Any) -> None:
        if type(claims.get("exp")) is int and claims["exp"] + _LEEWAY <= now().timestamp():
            raise _Expired
        # The library takes any `exp`; a stolen assertion must not last.
        latest = now().timestamp() + numbers.CLIENT_ASSERTION_LIFE_MAX + _LEEWAY
        if type(claims.get("exp")) is not int or claims["exp"] > latest:
            raise InvalidClientError(description="Assertion lives too long.")
        super().verify_claims(claims)

    def validate_jti(self, claims: Any, jti: Any) -> bool:
        if not isinstance(jti, str) or not 0 < len(jti) <= _JTI_MAX or not jti.isprintable():
            return False
        client = _find_client(claims["sub"])
        if client is None:
            return False
        with deps().db.begin() as tx:
            first = insert_if_new(
                tx,
                ClientAssertion,
                client_id=client.id,
                jti=jti,
                expires_at=datetime.fromtimestamp(claims["exp"] + _LEEWAY, UTC),
            )
        if not first:
            _note(client, "assertion_replayed")
        return first

    def resolve_client_public_key(self, client: _OAuthClient) -> KeySet:
        return KeySet.import_key_set(client.jwks or {"keys": []})  # type: ignore[arg-type]


def _find_client(client_id: str) -> _OAuthClient | None:
    if not client_id.isprintable():
        return None  # a database may refuse to look for such a name
    statement = (
        select(
            Client.id,
            Client.unit_id,
            Client.client_id,
            Client.secret_hash,
            Client.jwks,
            Client.old_secret_hash,
            Client.old_secret_until,
        )
        .join(Unit, Unit.id == Client.unit_id)
        .where(
            Client.client_id == client_id, Client.disabled_at.is_(None), Unit.closed_at.is_(None)
        )
    )
    with deps().db.read() as tx:
        row = tx.execute(statement).one_or_none()
    return None if row is None else _OAuthClient(row)


def _note(client: _OAuthClient, cause: Cause) -> None:
    """Keep why a known client is being refused; what was found out first is what is told."""
    g.setdefault("refused", (client, cause))


def _tell_of_refusal() -> None:
    """Tell of a known client that did not prove who it is, or whose secret is in the address."""
    if request.args.keys() & {"client_secret", "client_assertion"}:
        basic = request.authorization.username if request.authorization else None
        client = _find_client(request.args.get("client_id") or basic or "")
        g.refused = None if client is None else (client, "secret_in_url")
    if refused := g.pop("refused", None):
        client, cause = refused
        record_refused_client(deps(), client.id, client.unit_id, cause, now())


def _issue_token(client: _OAuthClient, **_: Any) -> str:
    with deps().db.begin() as tx:
        return sessions.start_session(tx, "client", client.id, now())
