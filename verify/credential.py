"""The credential: a licence's face data as a compact JWS, signed by the library.

Unlike a code it has no short life and no size limit; it is read by whoever keeps it. A photo is
in it by its digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from verify.jws import PublicKeys, Signer, read_token, sign

CREDENTIAL_TYP: Final = "lz-licence+jwt"


def sign_credential(claims: Mapping[str, Any], signer: Signer) -> str:
    """Sign face data. Returns the compact JWS."""
    return sign(claims, CREDENTIAL_TYP, signer)


def read_credential(text: str, keys: PublicKeys) -> Mapping[str, Any]:
    """The claims of a credential; raises Refused when it is not one that these keys vouch for."""
    return read_token(text, CREDENTIAL_TYP, keys)
