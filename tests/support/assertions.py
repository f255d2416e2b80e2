"""Client assertions (RFC 7523) of machine clients of the demo, and requests for tokens."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import update
from werkzeug.test import TestResponse

from tests.support.demo import PUBLIC_URL
from wallet.base.deps import Deps
from wallet.organisations.model import Client

KIND: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def client_key(kid: str = "k1") -> ECKey:
    """A new key of a client."""
    return ECKey.generate_key("P-256", {"kid": kid, "alg": "ES256", "use": "sig"})


def register_key(deps: Deps, client_id: str, key: ECKey) -> None:
    """The public half of a key, as the only one of a client."""
    jwks = {"keys": [key.as_dict(private=False)]}
    with deps.db.begin() as tx:
        tx.execute(update(Client).where(Client.client_id == client_id).values(jwks=jwks))


def assertion_claims(client_id: str, now: datetime, **changes: Any) -> dict[str, Any]:
    """The claims of a good assertion, with changes; None leaves one out."""
    at = int(now.timestamp())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": f"{PUBLIC_URL}/oauth/token",
        "jti": uuid.uuid4().hex,
        "iat": at,
        "exp": at + 60,
    }
    return {name: value for name, value in (claims | changes).items() if value is not None}


def signed_assertion(claims: dict[str, Any], key: ECKey) -> str:
    """The assertion's text."""
    return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)


def ask_with(app: Flask, assertion: str, **more: str) -> TestResponse:
    """Ask for a token with an assertion."""
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": KIND,
        "client_assertion": assertion,
    }
    return app.test_client(use_cookies=False).post("/oauth/token", data=form | more)
