"""A provider of OpenID Connect: its discovery document and keys, kept for a while, and asking it.

Nobody waits long for a provider. What takes longer than `numbers.OIDC_WAIT` is given up, and after
a failure a process leaves the provider alone for `numbers.OIDC_REST`: a worker answers one request
at a time, and desks must not wait for somebody else's server. No redirect is followed, and of an
answer at most `numbers.OIDC_ANSWER_MAX` bytes are read.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import structlog
from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from urllib3 import Timeout
from urllib3.exceptions import HTTPError

from verify.fetch import web_for, within
from wallet import numbers
from wallet.config import OidcClient, is_private_address

PublicKey = RSAKey | ECKey
ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""What an ID token may be signed with, whatever its header or the provider says."""
_KINDS: Final[Mapping[object, type[RSAKey] | type[ECKey]]] = {"RSA": RSAKey, "EC": ECKey}
_RSA_LENGTH: Final = 342
"""Characters of a modulus of 2048 bits in Base64url; a shorter one can be factored."""
_PIECE: Final = 1 << 14

_Given = TypeVar("_Given")
_log = structlog.get_logger()


class ProviderAway(Exception):
    """The provider did not answer, or with what is no answer; it may be asked again later."""


@dataclass(frozen=True)
class Endpoints:
    """What the discovery document says. `userinfo` and `end_session` are empty where there is none.

    `in_body` says that the provider takes the client's secret in the body alone; `names_itself`
    that its answers to the browser carry `iss` (RFC 9207).
    """

    authorization: str
    token: str
    keys: str
    userinfo: str
    end_session: str
    in_body: bool
    names_itself: bool


class Provider:
    """One provider, as a process knows it. Connects at the first use."""

    def __init__(self, client: OidcClient) -> None:
        self.client = client
        self._endpoints: Endpoints | None = None
        self._endpoints_until = 0.0
        self._keys: Mapping[str, PublicKey] = {}
        self._keys_until = 0.0
        self._keys_asked = float("-inf")
        self._rest_until = 0.0

    def converse(self, conversation: Callable[[], _Given]) -> _Given:
        """What several questions to the provider give, all within `numbers.OIDC_WAIT`.

        Raises ProviderAway, at once while the provider is left alone; else what they raise.
        """
        if time.monotonic() < self._rest_until:
            raise ProviderAway
        try:
            return within(numbers.OIDC_WAIT, conversation)
        except (ProviderAway, TimeoutError) as error:
            self._rest_until = time.monotonic() + numbers.OIDC_REST
            reason = str(error) or "timeout"
            _log.warning("identity provider away", issuer=self.client.issuer, reason=reason)
            raise ProviderAway from None

    def endpoints(self) -> Endpoints:
        """Where the provider is asked what; asks it at most every `numbers.OIDC_CACHE`."""
        if self._endpoints is None or time.monotonic() >= self._endpoints_until:
            address = get_well_known_url(self.client.issuer, external=True)
            self._endpoints = self._read_endpoints(self.ask("GET", address))
            self._endpoints_until = time.monotonic() + numbers.OIDC_CACHE
        return self._endpoints

    def known_end_session(self) -> str:
        """Where to sign out, as far as it is known without asking a provider that may be away."""
        known = self._endpoints is not None and time.monotonic() >= self._rest_until
        return self._endpoints.end_session if known and self._endpoints else ""

    def key(self, kid: object) -> PublicKey | None:
        """The public key of that id; without an id the only one there is. None where there is none.

        Keys are asked for at most every `numbers.OIDC_CACHE`, and for an id that is not among
        them once more, at most every `numbers.OIDC_KEYS_PAUSE`.
        """
        if time.monotonic() >= self._keys_until:
            self._fetch_keys()
        if kid is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        if not isinstance(kid, str):
            return None
        asked_lately = time.monotonic() < self._keys_asked + numbers.OIDC_KEYS_PAUSE
        if kid not in self._keys and not asked_lately:
            self._fetch_keys()
        return self._keys.get(kid)

    def ask(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: str = ""
    ) -> dict[str, Any]:
        """The members of a JSON answer with status 200; raises ProviderAway for anything else."""
        status, members = self.exchange(method, url, headers, body)
        if status != 200 or members is None:
            raise ProviderAway(f"status {status}")
        return members

    def exchange(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: str = ""
    ) -> tuple[int, dict[str, Any] | None]:
        """Status and members of an answer, None where it is no JSON object. Raises ProviderAway."""
        sent = {"accept": "application/json", "user-agent": "liangzheng", **(headers or {})}
        try:
            status, content = _exchange(method, url, sent, body)
        except (HTTPError, OSError) as error:
            raise ProviderAway(type(error).__name__) from None
        try:
            members = json.loads(content)
        except (ValueError, RecursionError):
            members = None
        return status, members if isinstance(members, dict) else None

    def _fetch_keys(self) -> None:
        listed = self.ask("GET", self.endpoints().keys).get("keys")
        self._keys = _read_keys(listed if isinstance(listed, list) else [])
        now = time.monotonic()
        self._keys_until, self._keys_asked = now + numbers.OIDC_CACHE, now

    def _read_endpoints(self, document: Mapping[str, Any]) -> Endpoints:
        if document.get("issuer") != self.client.issuer:
            raise ProviderAway("discovery of another issuer")

        def address(name: str, *, needed: bool = True) -> str:
            url = document.get(name, "")
            if not needed and not url:
                return ""
            if not isinstance(url, str) or not is_private_address(url):
                raise ProviderAway(f"discovery without {name}")
            return url

        methods = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return Endpoints(
            authorization=address("authorization_endpoint"),
            token=address("token_endpoint"),
            keys=address("jwks_uri"),
            userinfo=address("userinfo_endpoint", needed=False),
            end_session=address("end_session_endpoint", needed=False),
            in_body=isinstance(methods, list) and "client_secret_basic" not in methods,
            names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        )


def _read_keys(listed: list[Any]) -> dict[str, PublicKey]:
    """The keys that may have signed an ID token; others, and what is no key, are left out."""
    keys: dict[str, PublicKey] = {}
    for number, jwk in enumerate(listed):
        if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig":
            continue
        if jwk.get("kty") == "RSA" and len(str(jwk.get("n"))) < _RSA_LENGTH:
            continue
        try:
            key = _KINDS[jwk.get("kty")].import_key(jwk)
        except (JoseError, KeyError, ValueError, TypeError):
            continue
        kid = jwk.get("kid")
        keys[kid if isinstance(kid, str) else f"#{number}"] = key
    return keys


def _exchange(method: str, url: str, headers: Mapping[str, str], body: str) -> tuple[int, bytes]:
    deadline = time.monotonic() + numbers.OIDC_WAIT
    with (
        web_for(url) as web,
        web.request(
            method,
            url,
            body=body or None,
            headers=headers,
            retries=False,
            redirect=False,
            timeout=Timeout(numbers.OIDC_CONNECT, numbers.OIDC_WAIT),
            preload_content=False,
            decode_content=False,
        ) as answer,
    ):
        content = bytearray()
        while piece := answer.read1(_PIECE):
            content += piece
            if len(content) > numbers.OIDC_ANSWER_MAX or time.monotonic() > deadline:
                raise HTTPError
        return answer.status, bytes(content)
