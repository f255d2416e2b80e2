"""People and machines that call the app in a test."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from wallet.demo.seed import CLIENTS_FILE
from wallet.web.cookies import CSRF_COOKIE, CSRF_HEADER


class Visitor:
    """A browser: keeps cookies, and sends the CSRF token with every unsafe request."""

    def __init__(self, app: Flask) -> None:
        self.http: FlaskClient = app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET."""
        return self.http.get(path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        """POST of JSON."""
        return self.http.post(path, json=body, headers=self._csrf(), **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        """PATCH of JSON."""
        return self.http.patch(path, json=body, headers=self._csrf(), **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        """DELETE."""
        return self.http.delete(path, headers=self._csrf(), **options)

    def _csrf(self) -> dict[str, str]:
        cookie = self.http.get_cookie(CSRF_COOKIE)
        return {CSRF_HEADER: cookie.value} if cookie else {}


class Machine:
    """A machine client with its access token."""

    def __init__(self, app: Flask, token: str) -> None:
        self.http: FlaskClient = app.test_client(use_cookies=False)
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET."""
        return self.http.get(path, headers=self.headers, **options)

    def post(self, path: str, body: Any = None, key: str | None = None) -> TestResponse:
        """POST of JSON; `key` is the Idempotency-Key."""
        more = {"Idempotency-Key": key} if key else {}
        return self.http.post(path, json=body, headers=self.headers | more)

    def patch(self, path: str, body: Any = None) -> TestResponse:
        """PATCH of JSON."""
        return self.http.patch(path, json=body, headers=self.headers)

    def put(self, path: str, body: Any = None) -> TestResponse:
        """PUT of JSON."""
        return self.http.put(path, json=body, headers=self.headers)

    def delete(self, path: str) -> TestResponse:
        """DELETE."""
        return self.http.delete(path, headers=self.headers)


def sign_in(app: Flask, persona: str) -> Visitor:
    """A browser in which a persona of the demo has signed in."""
    visitor = Visitor(app)
    answer = visitor.http.post("/demo/session", data={"persona": persona})
    assert answer.status_code == 303, answer.text
    return visitor


def machine(app: Flask, data: Path, name: str) -> Machine:
    """A machine client of the demo (issuer, relying, platform) with a fresh token."""
    client = credentials(data, name)
    basic = b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    answer = app.test_client(use_cookies=False).post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert answer.status_code == 200, answer.text
    return Machine(app, answer.get_json()["access_token"])


def credentials(data: Path, name: str) -> dict[str, Any]:
    """An entry of `demo-clients.json`."""
    entry: dict[str, Any] = json.loads((data / CLIENTS_FILE).read_text("utf-8"))[name]
    return entry
