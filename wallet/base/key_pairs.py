"""Signing keys and where their private halves are: in a file here, or in a PKCS#11 token.

The folder keeps one file for each key: `KID.pem`, the pair encrypted under the secret, or
`KID.token.json`, the public half of a pair whose private one is in the token, under the label KID.
Both open only with the secret that they were made with.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

import structlog
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from jwt.algorithms import ECAlgorithm

from wallet.base.encryption import derive_key
from wallet.base.private_files import read_private, write_private
from wallet.config import Config
from wallet.errors import ConfigurationError, Unavailable

if TYPE_CHECKING:  # the module needs a package that only tokens need
    from wallet.base.pkcs11_token import Token

KID_BYTES: Final = 2
Place = Literal["file", "token"]
_SUFFIX: Final[dict[Place, str]] = {"file": ".pem", "token": ".token.json"}
_log = structlog.get_logger()
_ES256: Final = ECAlgorithm(ECAlgorithm.SHA256)


class Hand(Protocol):
    """What signs for a key, wherever its private half is."""

    def sign(self, data: bytes) -> bytes:
        """An ES256 signature in its JOSE form; raises Unavailable when the key cannot be reached."""
        ...


@dataclass(frozen=True)
class FileHand:
    """A private key in this process's memory."""

    private: ec.EllipticCurvePrivateKey

    def sign(self, data: bytes) -> bytes:
        """As `Hand`."""
        return _ES256.sign(data, self.private)


@dataclass(frozen=True)
class TokenHand:
    """A private key that never leaves its token; `token` is None where the settings name none."""

    token: Token | None
    kid: str
    public: ec.EllipticCurvePublicKey

    def sign(self, data: bytes) -> bytes:
        """As `Hand`."""
        if self.token is None:
            raise Unavailable("签名设备没有配置，请联系管理员。")
        signature = self.token.sign(self.kid, data)
        # Whoever keeps the token may have put another key there under this name.
        if not _ES256.verify(data, self.public, signature):
            _log.error("token signs with another key", kid=self.kid)
            raise Unavailable("签名设备中的密钥不对，请联系管理员。")
        return signature


@dataclass(frozen=True)
class SigningKey:
    """An ES256 key, its `kid`, what signs with it, and the AES key of the handles in its codes."""

    kid: str
    public: ec.EllipticCurvePublicKey
    hand: Hand
    handle_key: bytes

    def sign(self, data: bytes) -> bytes:
        """An ES256 signature in its JOSE form (`verify.jws.Signer`); raises as `Hand`."""
        return self.hand.sign(data)


def configured_token(config: Config) -> Token | None:
    """The token in which these settings want keys, if any; asks nothing of it.

    Raises ConfigurationError when the package that it needs is not installed.
    """
    if not config.pkcs11_module:
        return None
    try:
        from wallet.base.pkcs11_token import open_token  # noqa: PLC0415
    except ImportError:
        raise ConfigurationError(
            "LIANGZHENG_PKCS11_MODULE needs the package python-pkcs11; install liangzheng[hsm]"
        ) from None
    return open_token(config.pkcs11_module, config.pkcs11_token, config.pkcs11_pin)


def key_files(folder: Path) -> dict[str, Path]:
    """kid → its file, for every key that was ever made here."""
    return {
        path.name.removesuffix(suffix): path
        for suffix in _SUFFIX.values()
        for path in folder.glob(f"*{suffix}")
    }


def place_of(folder: Path, kid: str) -> Place:
    """Where the private half of a key is; `file` also for a key whose file is lost."""
    return "token" if _path(folder, kid, "token").exists() else "file"


def make_key(folder: Path, secret: str, token: Token | None) -> str:
    """Make a pair, in the token if there is one, and its file; returns its kid, new to the folder.

    Raises ConfigurationError when the token does not make it.
    """
    kid = secrets.token_hex(KID_BYTES)
    while kid in key_files(folder):
        kid = secrets.token_hex(KID_BYTES)
    if token is None:
        write_private(_path(folder, kid, "file"), _encrypted(secret))
    else:
        write_private(_path(folder, kid, "token"), _described(kid, token.make(kid), secret))
    return kid


def load_key(folder: Path, kid: str, secret: str, token: Token | None) -> SigningKey:
    """Open a key's file; asks nothing of the token.

    Raises ConfigurationError when the file cannot be opened or others may touch it.
    """
    handle_key = derive_key(secret, f"handles {kid}", 16)
    if place_of(folder, kid) == "token":
        public = _read_description(_path(folder, kid, "token"), kid, secret)
        return SigningKey(kid, public, TokenHand(token, kid, public), handle_key)
    private = _read_encrypted(_path(folder, kid, "file"), secret)
    return SigningKey(kid, private.public_key(), FileHand(private), handle_key)


def _path(folder: Path, kid: str, place: Place) -> Path:
    return folder / f"{kid}{_SUFFIX[place]}"


def _password(secret: str) -> bytes:
    return derive_key(secret, "signing keys")


def _encrypted(secret: str) -> bytes:
    private = ec.generate_private_key(ec.SECP256R1())
    encryption = BestAvailableEncryption(_password(secret))
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def _read_encrypted(path: Path, secret: str) -> ec.EllipticCurvePrivateKey:
    pem = read_private(path)
    try:
        private = load_pem_private_key(pem, _password(secret))
    except ValueError:
        raise _wrong_secret(path) from None
    except (TypeError, UnsupportedAlgorithm):  # not encrypted, or of no kind that is known here
        raise ConfigurationError(f"{path} is not an encrypted P-256 key.") from None
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise ConfigurationError(f"{path} is not a P-256 key.")
    return private


def _described(kid: str, public: ec.EllipticCurvePublicKey, secret: str) -> bytes:
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return json.dumps({"public": pem, "seal": _seal(kid, pem, secret)}, indent=2).encode()


def _read_description(path: Path, kid: str, secret: str) -> ec.EllipticCurvePublicKey:
    content = read_private(path)
    try:
        members: dict[str, Any] = json.loads(content)
        pem, seal = members["public"], members["seal"]
        sealed = hmac.compare_digest(seal, _seal(kid, pem, secret))
        public = load_pem_public_key(pem.encode())
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigurationError(f"{path} is damaged; restore it from a copy") from None
    if not sealed:
        raise _wrong_secret(path)
    assert isinstance(public, ec.EllipticCurvePublicKey)  # nothing else is sealed
    return public


def _seal(kid: str, pem: str, secret: str) -> str:
    """Tells that the public key was put there by who has the secret, as encryption does of files."""
    message = f"{kid}\n{pem}".encode()
    return hmac.digest(derive_key(secret, "keys in a token"), message, hashlib.sha256).hex()


def _wrong_secret(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{path} does not open with LIANGZHENG_SECRET_KEY; set the secret it was made with."
    )
