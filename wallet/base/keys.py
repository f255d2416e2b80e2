"""The library's keys, the only private ones.

A signing key is made once, kept encrypted under the server's secret in a file of mode 0600,
and named by a `kid` of four characters. Its public half goes to `/.well-known/jwks.json`.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm

from verify.jws import ALGORITHM, PublicKeys
from wallet.base.encryption import derive_key
from wallet.errors import ConfigurationError

KID_BYTES: Final = 2
_FILE_MODE: Final = 0o600
_ES256: Final = ECAlgorithm(ECAlgorithm.SHA256)


@dataclass(frozen=True)
class SigningKey:
    """An ES256 key, its `kid`, and the AES key of the handles in codes that it signs."""

    kid: str
    private: ec.EllipticCurvePrivateKey
    handle_key: bytes

    def sign(self, data: bytes) -> bytes:
        """An ES256 signature in its JOSE form (`verify.jws.Signer`)."""
        return _ES256.sign(data, self.private)


@dataclass(frozen=True)
class Keys:
    """The keys of one library. `current` signs; every one in `public` verifies."""

    issuer: str
    current: SigningKey
    by_kid: dict[str, SigningKey]
    public: PublicKeys

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JWK Set (RFC 7517)."""
        return {
            "keys": [
                {
                    **ECAlgorithm.to_jwk(issuers[self.issuer], as_dict=True),
                    "kid": kid,
                    "use": "sig",
                    "alg": ALGORITHM,
                }
                for kid, issuers in self.public.items()
            ]
        }


def load_keys(folder: Path, secret: str, issuer: str) -> Keys:
    """Load the signing key of a folder, making it when there is none.

    Raises ConfigurationError when a key cannot be opened with the secret or others may read it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        # Several processes may start at once on an empty folder.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not list(folder.glob("*.pem")):
            _make(folder, secret)
    by_kid = {path.stem: _load(path, secret) for path in sorted(folder.glob("*.pem"))}
    current = by_kid[min(by_kid)]
    return Keys(
        issuer=issuer,
        current=current,
        by_kid=by_kid,
        public={kid: {issuer: key.private.public_key()} for kid, key in by_kid.items()},
    )


def _password(secret: str) -> bytes:
    return derive_key(secret, "signing keys")


def _make(folder: Path, secret: str) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_password(secret))
    )
    path = folder / f"{secrets.token_hex(KID_BYTES)}.pem"
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def _load(path: Path, secret: str) -> SigningKey:
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(f"{path} may be read by others; run: chmod 600 {path}")
    try:
        private = load_pem_private_key(path.read_bytes(), _password(secret))
    except ValueError:
        raise ConfigurationError(
            f"{path} does not open with LIANGZHENG_SECRET_KEY; set the secret it was made with."
        ) from None
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ConfigurationError(f"{path} is not a P-256 key.")
    return SigningKey(path.stem, private, derive_key(secret, f"handles {path.stem}", 16))
