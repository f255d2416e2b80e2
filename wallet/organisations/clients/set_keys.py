"""A machine client's own public keys, by which it proves who it is (`private_key_jwt`, RFC 7523).

All that are good are told at once, so the overlap is the client's own: the new key beside the old one, then without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from sqlalchemy import update

from wallet.base import audit
from wallet.base.deps import Deps
from wallet.errors import Conflict, Invalid
from wallet.organisations.clients.keep import check_reach
from wallet.organisations.clients.listed import client_in_sight
from wallet.organisations.model import Client
from wallet.organisations.units.sight import lock_unit
from wallet.web.principal import Principal
from wallet.web.session_list import end_sessions_of

_KID_MAX: Final = 64
_SENTENCE: Final = "每个公钥应为 P-256 的 EC 公钥（JWK），kid 各不相同，不含私钥。"


def set_keys(
    deps: Deps,
    principal: Principal,
    client_id: str,
    keys: Sequence[Mapping[str, Any]],
    now: datetime,
) -> None:
    """These public keys (JWK, RFC 7517) prove who a client is, and no others; an empty list takes all away.

    Where one that was good is not among them, it ends at once, and so do the client's tokens. Raises NotFound,
    NotPermitted (`own_unit`), Conflict (`client_ended`), Invalid (`invalid_key`).
    """
    read = [_read(key) for key in keys]
    if len({key["kid"] for key in read}) < len(read):
        raise _invalid()
    with deps.db.begin() as tx:
        lock_unit(tx, client_in_sight(tx, principal, client_id).unit_id)
        row = client_in_sight(tx, principal, client_id)
        check_reach(principal, row.unit_id)
        if row.disabled_at is not None:
            raise Conflict("这个接入系统已停用，不能再换密钥。", "client_ended")
        before = (row.jwks or {"keys": []})["keys"]
        values = {"jwks": {"keys": read} if read else None}
        tx.execute(update(Client).where(Client.id == row.id).values(**values))
        if {_thumbprint(key) for key in before} - {_thumbprint(key) for key in read}:
            end_sessions_of(tx, "client", [row.id], now)
        audit.record(
            tx,
            "client.keys_set",
            now,
            client=row.id,
            unit=row.unit,
            actor=principal.account,
            keys=[_thumbprint(key) for key in read],
        )


def _read(given: Mapping[str, Any]) -> dict[str, str]:
    """The members of a key that are kept: those that make it, and its name."""
    kid = given.get("kid")
    named = isinstance(kid, str) and 0 < len(kid) <= _KID_MAX and kid.isprintable()
    for_signing = given.get("use", "sig") == "sig" and given.get("alg", "ES256") == "ES256"
    if not named or not for_signing or "d" in given or given.get("kty") != "EC":
        raise _invalid()
    if given.get("crv") != "P-256" or not all(isinstance(given.get(one), str) for one in "xy"):
        raise _invalid()
    key = {"kty": "EC", "crv": "P-256", "x": given["x"], "y": given["y"]}
    try:
        ECKey.import_key(key).get_op_key("verify")
    except (JoseError, ValueError):
        raise _invalid() from None
    return {**key, "kid": str(kid), "use": "sig", "alg": "ES256"}


def _thumbprint(key: Mapping[str, str]) -> str:
    """The key's name by what it is (RFC 7638): `kid` is the client's own word."""
    return ECKey.import_key({name: key[name] for name in ("kty", "crv", "x", "y")}).thumbprint()


def _invalid() -> Invalid:
    return Invalid(f"keys：{_SENTENCE}", "invalid_key", {"keys": [_SENTENCE]})
