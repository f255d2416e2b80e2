"""What is sent to a provider with the browser, and what comes back, held against OpenID Connect.

Authorization code with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636), RP-Initiated Logout 1.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from urllib.parse import quote_plus

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from verify.codes import CLOCK_TOLERANCE
from wallet import numbers
from wallet.web.oidc.attempt import KINDS, Attempt
from wallet.web.oidc.claims import claim
from wallet.web.oidc.provider import ALGORITHMS, Endpoints, Provider, ProviderAway, PublicKey
from wallet.web.sessions import LIFETIMES

_REGISTRY: Final = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
_FORM: Final = {"content-type": "application/x-www-form-urlencoded"}


class AnswerRefused(Exception):
    """The provider said no, or what it said is not worth anything; the message says which."""


@dataclass(frozen=True)
class Answer:
    """What a provider says of whoever signed in.

    `claims` are those of the ID token and, for what it lacks, of the userinfo endpoint.
    `authenticated_at` is when they proved who they are, None where the provider does not say.
    """

    claims: Mapping[str, Any] = field(repr=False)
    id_token: str = field(repr=False)
    authenticated_at: datetime | None


def authorization_address(
    provider: Provider, attempt: Attempt, redirect_uri: str, *, anew: bool
) -> str:
    """Where the browser goes to sign in. `anew`: even who is signed in there proves it again.

    Raises ProviderAway.
    """
    where = provider.converse(provider.endpoints)
    again = anew or attempt.session is not None
    address: str = prepare_grant_uri(
        where.authorization,
        provider.client.client_id,
        "code",
        redirect_uri,
        provider.client.scope,
        attempt.state,
        nonce=attempt.nonce,
        code_challenge=create_s256_code_challenge(attempt.verifier),
        code_challenge_method="S256",
        # With it the provider must say when they proved it (OpenID Connect Core §2).
        max_age=str(_max_age(attempt)),
        prompt="login" if again else None,
    )
    return address


def redeem(
    provider: Provider,
    attempt: Attempt,
    redirect_uri: str,
    answer: Mapping[str, str],
    wanted: Iterable[str],
    now: datetime,
) -> Answer:
    """What the code is worth that came back with the browser; `answer` are its parameters.

    `wanted` are the claims for which the userinfo endpoint is asked where the ID token lacks
    them. Raises AnswerRefused, ProviderAway.
    """
    code = answer.get("code", "")
    if (
        not code
        or not code.isascii()
        or not code.isprintable()
        or len(code) > numbers.OIDC_CODE_MAX
    ):
        raise AnswerRefused("no code")
    return provider.converse(
        partial(_redeem, provider, attempt, redirect_uri, answer, list(wanted), now)
    )


def logout_address(provider: Provider, id_token: str, back: str) -> str:
    """Where the browser signs out of the provider as well, to come `back`; empty where nowhere."""
    where = provider.known_end_session()
    if not where:
        return ""
    hints = {"id_token_hint": id_token, "post_logout_redirect_uri": back}
    address: str = add_params_to_uri(where, hints)
    return address


def _redeem(
    provider: Provider,
    attempt: Attempt,
    redirect_uri: str,
    answer: Mapping[str, str],
    wanted: list[str],
    now: datetime,
) -> Answer:
    where = provider.endpoints()
    named = answer.get("iss")
    if named != provider.client.issuer and (named is not None or where.names_itself):
        raise AnswerRefused("iss of the answer")
    tokens = _tokens(provider, where, attempt, redirect_uri, answer["code"])
    id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
    if not isinstance(id_token, str) or len(id_token) > numbers.ID_TOKEN_MAX:
        raise AnswerRefused("no id_token")
    claims = _check(provider, attempt, id_token, access_token, now)
    authenticated_at = _authenticated_at(attempt, claims, now)
    if where.userinfo and isinstance(access_token, str) and _lacks(claims, wanted):
        more = provider.ask("GET", where.userinfo, {"authorization": f"Bearer {access_token}"})
        if more.get("sub") != claims["sub"]:
            raise AnswerRefused("sub of userinfo")
        claims = {**more, **claims}
    return Answer(claims, id_token, authenticated_at)


def _tokens(
    provider: Provider, where: Endpoints, attempt: Attempt, redirect_uri: str, code: str
) -> dict[str, Any]:
    client_id, secret = provider.client.client_id, provider.client.client_secret
    if where.in_body:
        auth = ClientAuth(client_id, secret, "client_secret_post")
    else:  # RFC 6749 §2.3.1 encodes both first, the library does not
        auth = ClientAuth(quote_plus(client_id), quote_plus(secret), "client_secret_basic")
    body = prepare_token_request(
        "authorization_code", redirect_uri=redirect_uri, code=code, code_verifier=attempt.verifier
    )
    address, headers, body = auth.prepare("POST", where.token, dict(_FORM), body)
    status, members = provider.exchange("POST", address, headers, body)
    if status == 200 and members is not None:
        return members
    if status in {200, 429} or status >= 500:
        raise ProviderAway(f"token status {status}")
    # Whatever else it says is of this code, which a visitor may have made up: it is not away.
    error = (members or {}).get("error")
    raise AnswerRefused(f"token {error}" if error in _TOKEN_ERRORS else f"token status {status}")


_TOKEN_ERRORS: Final = (
    "invalid_request invalid_client invalid_grant unauthorized_client unsupported_grant_type "
    "invalid_scope".split()
)
"""Errors of RFC 6749 §5.2; whatever else a provider says stays out of the log."""


def _check(
    provider: Provider, attempt: Attempt, id_token: str, access_token: object, now: datetime
) -> dict[str, Any]:
    """The claims of an ID token, if it is good (OpenID Connect Core §3.1.3.7)."""
    client = provider.client

    def key(signed: Any) -> PublicKey:
        found = provider.key(signed.headers().get("kid"))
        if found is None:
            raise AnswerRefused("id_token of an unknown key")
        return found

    options = {
        "iss": {"essential": True, "value": client.issuer},
        "sub": {"essential": True},
        "aud": {"essential": True, "value": client.client_id},
        "nonce": {"essential": True, "value": attempt.nonce},
    }
    params = {"client_id": client.client_id, "nonce": attempt.nonce, "access_token": access_token}
    try:
        token = jwt.decode(id_token, key, registry=_REGISTRY)
        claims = CodeIDToken(token.claims, token.header, options, params)
        claims.validate(int(now.timestamp()), CLOCK_TOLERANCE)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise AnswerRefused(f"id_token {type(error).__name__}") from None
    if claims["aud"] not in (client.client_id, [client.client_id]):
        raise AnswerRefused("id_token for others too")
    if not isinstance(claims["sub"], str):
        raise AnswerRefused("id_token without sub")
    return dict(claims)


def _authenticated_at(
    attempt: Attempt, claims: Mapping[str, Any], now: datetime
) -> datetime | None:
    """When they proved who they are; who was asked to prove it again did so since."""
    auth_time = claims.get("auth_time")
    if isinstance(auth_time, bool) or not isinstance(auth_time, int | float):
        if attempt.session is not None:
            raise AnswerRefused("no auth_time")
        return None
    limit = attempt.begun_at - _max_age(attempt) - CLOCK_TOLERANCE
    if not limit <= auth_time <= now.timestamp() + CLOCK_TOLERANCE:
        raise AnswerRefused("auth_time")
    return min(now, datetime.fromtimestamp(auth_time, UTC))


def _max_age(attempt: Attempt) -> int:
    """Seconds since they proved who they are, at the most: 0 where they are to prove it again."""
    return LIFETIMES[KINDS[attempt.who]].life if attempt.session is None else 0


def _lacks(claims: Mapping[str, Any], wanted: Iterable[str]) -> bool:
    return any(claim(claims, name) is None for name in wanted)
