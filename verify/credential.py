"""The credential: a licence's face data as a compact JWS, signed by the library.

Unlike a code it has no short life and no size limit; it is read by whoever keeps it. A photo is
in it by its digest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from jwt.api_jws import PyJWS
from jwt.exceptions import InvalidTokenError

from verify.codes import ALGORITHM, PublicKeys, Refused

CREDENTIAL_TYP: Final = "lz-licence+jwt"
_JWS = PyJWS(algorithms=[ALGORITHM])


def sign_credential(claims: Mapping[str, Any], kid: str, key: EllipticCurvePrivateKey) -> str:
    """Sign canonical face data: sorted members, no spaces, UTF-8."""
    payload = json.dumps(claims, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    headers = {"kid": kid, "typ": CREDENTIAL_TYP}
    return _JWS.encode(payload.encode(), key, ALGORITHM, headers=headers)


def read_credential(text: str, keys: PublicKeys) -> dict[str, Any]:
    """The claims of a credential; raises Refused when it is not one that these keys vouch for."""
    try:
        header = _JWS.get_unverified_header(text)
        if header.get("typ") != CREDENTIAL_TYP:
            raise Refused("wrong_kind")
        issuers = keys.get(str(header.get("kid")))
        if issuers is None:
            raise Refused("unknown_key")
        unverified = json.loads(
            _JWS.decode_complete(text, options={"verify_signature": False})["payload"]
        )
        key = issuers.get(unverified["iss"])
        if key is None:
            raise Refused("unknown_issuer")
        claims: dict[str, Any] = json.loads(_JWS.decode(text, key, algorithms=[ALGORITHM]))
    except (InvalidTokenError, ValueError, KeyError, TypeError, RecursionError):
        raise Refused("bad_signature") from None
    return claims
