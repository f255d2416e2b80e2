"""An identity provider in the hands of a test: right in everything, until it is told what to say instead."""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, unquote_plus, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from werkzeug.test import TestResponse

from tests.support.clock import Clock
from tests.support.identity import CLIENT_ID, SECRET
from tests.support.people import Visitor
from wallet.config import OidcClient

DISCOVERY: Final = "/.well-known/openid-configuration"
TOKEN: Final = "/token"
KEYS: Final = "/keys"
USERINFO: Final = "/userinfo"
KEY: Final = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
OTHER_KEY: Final = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)

Claims = dict[str, Any]


def signed(header: Mapping[str, Any], claims: Claims, key: RSAKey | ECKey = KEY) -> str:
    """An ID token."""
    return jwt.encode({**header}, claims, key, algorithms=[header["alg"]])


@dataclass
class FalseProvider:
    """`person` is what it tells of whoever signs in; `mend` changes the claims of an ID token, and
    `sign` makes the token of them; `instead` are the answers (status, body) of other addresses."""

    clock: Clock
    person: Claims
    issuer: str = ""
    mend: Callable[[Claims], Claims] = field(default=lambda claims: claims)
    sign: Callable[[Claims], str] = field(
        default=lambda claims: signed({"alg": "RS256", "kid": "one"}, claims)
    )
    keys: list[Any] = field(default_factory=lambda: [KEY.as_dict(private=False)])
    instead: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    good_for: int = 1

    @property
    def client(self) -> OidcClient:
        """The settings that name it."""
        return OidcClient(self.issuer, CLIENT_ID, SECRET, "openid profile")

    def approve(self, request: Mapping[str, str]) -> str:
        """Somebody has signed in for that authorisation request: its code."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = dict(request) | {"good_for": str(self.good_for)}
        return code

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: str) -> Any:
        """Status and JSON of a request."""
        self.asked[path] += 1
        if path in self.instead:
            return self.instead[path]
        if (method, path) == ("GET", DISCOVERY):
            return 200, self.discovery()
        if (method, path) == ("GET", KEYS):
            return 200, {"keys": self.keys}
        if (method, path) == ("POST", TOKEN):
            return self._token(headers, {name: value[0] for name, value in parse_qs(body).items()})
        if (method, path) == ("GET", USERINFO):
            known = headers.get("authorization") == "Bearer access"
            return (200, {"sub": "sub-1", **self.person}) if known else (401, {})
        return 404, {}

    def discovery(self, **changed: Any) -> Claims:
        """The discovery document."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth?kept=1",
            "token_endpoint": f"{self.issuer}{TOKEN}",
            "jwks_uri": f"{self.issuer}{KEYS}",
            "userinfo_endpoint": f"{self.issuer}{USERINFO}",
            "end_session_endpoint": f"{self.issuer}/end",
            "authorization_response_iss_parameter_supported": True,
            "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
        } | changed

    def _token(self, headers: Mapping[str, str], form: Mapping[str, str]) -> tuple[int, Any]:
        basic = b64decode(headers.get("authorization", "").removeprefix("Basic ")).decode()
        if [unquote_plus(part) for part in basic.split(":")] != [CLIENT_ID, SECRET]:
            return 401, {"error": "invalid_client"}
        request = self.codes.get(form["code"])
        if (
            request is None
            or request["good_for"] == "0"
            or form["grant_type"] != "authorization_code"
            or form["redirect_uri"] != request["redirect_uri"]
            or create_s256_code_challenge(form["code_verifier"]) != request["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        request["good_for"] = str(int(request["good_for"]) - 1)
        second = int(self.clock.now.timestamp())
        claims = {
            "iss": self.issuer, "sub": "sub-1", "aud": CLIENT_ID, "iat": second,
            "exp": second + 300, "auth_time": second, "nonce": request["nonce"],
        }  # fmt: skip
        token = self.sign(self.mend(claims))
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": token}

    def forget(self, clock: Clock, person: Claims) -> None:
        """Be right in everything again, at another time."""
        self.__init__(clock, person, self.issuer)  # type: ignore[misc]


@contextmanager
def running_false_provider() -> Iterator[FalseProvider]:
    """A provider that listens while the block runs."""
    provider = FalseProvider(Clock(), {})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, said = provider.answer(self.command, self.path, headers, body)
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{provider.issuer}{DISCOVERY}")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - what the server calls

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Traveller(Visitor):
    """A browser that goes to a provider and comes back."""

    def __init__(self, app: Flask, provider: FalseProvider) -> None:
        super().__init__(app)
        self.provider = provider

    def leave(self, path: str = "/sign-in/citizen") -> dict[str, str]:
        """Begin to sign in; the parameters of the authorisation request."""
        answer = self.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 303, answer.text
        address = urlsplit(answer.location)
        assert f"{address.scheme}://{address.netloc}" == self.provider.issuer
        return {name: value[0] for name, value in parse_qs(address.query).items()}

    def come_back(self, request: Mapping[str, str], **changed: str | None) -> TestResponse:
        """Come back with an answer to that request; `changed` are other parameters, None is none."""
        answer = {
            "code": self.provider.approve(request) if "code" not in changed else None,
            "state": request["state"],
            "iss": self.provider.issuer,
        } | changed
        return self.get(
            urlsplit(request["redirect_uri"]).path,
            query_string={name: value for name, value in answer.items() if value is not None},
            headers={"Accept": "text/html"},
        )

    def sign_in(self, path: str = "/sign-in/citizen") -> TestResponse:
        """There and back."""
        return self.come_back(self.leave(path))

    def who(self) -> str | None:
        """The name of whoever is signed in."""
        answer = self.get("/api/v1/me")
        return answer.get_json()["name"] if answer.status_code == 200 else None
