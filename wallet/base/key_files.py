"""The folder of the signing keys: a file for each key, and `states.json`, all of mode 0600.

A key's file is written before `states.json` names it, and each file whole or not at all, so that
the folder is usable after a crash at any moment. A key's file that `states.json` does not name is
never used.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm

from wallet.base.encryption import derive_key
from wallet.base.key_states import STATES, KeyState, States, kid_in
from wallet.errors import ConfigurationError

KID_BYTES: Final = 2
STATES_FILE: Final = "states.json"
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


def load_key(folder: Path, kid: str, secret: str) -> SigningKey:
    """Open a key's file; raises ConfigurationError when it cannot be or others may read it."""
    path = folder / f"{kid}.pem"
    pem = _read_private(path)
    try:
        private = load_pem_private_key(pem, _password(secret))
    except ValueError:
        raise ConfigurationError(
            f"{path} does not open with LIANGZHENG_SECRET_KEY; set the secret it was made with."
        ) from None
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ConfigurationError(f"{path} is not a P-256 key.")
    return SigningKey(kid, private, derive_key(secret, f"handles {kid}", 16))


def read_states(folder: Path) -> States:
    """The state of each key. Without `states.json` an only key is current since it was made.

    Raises ConfigurationError when the states cannot be known.
    """
    path = folder / STATES_FILE
    if path.exists():
        try:
            return {
                kid: KeyState(STATES[STATES.index(key["state"])], _instant(key["since"]))
                for kid, key in json.loads(_read_private(path)).items()
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ConfigurationError(f"{path} is damaged; restore it from a copy") from None
    files = list(folder.glob("*.pem"))
    if len(files) > 1:
        raise ConfigurationError(f"{path} is missing; restore it from a copy")
    return {
        file.stem: KeyState("current", datetime.fromtimestamp(int(file.stat().st_mtime), UTC))
        for file in files
    }


def open_folder(folder: Path, secret: str, now: datetime) -> None:
    """Make what is missing: the folder, a current key, a next one, `states.json`."""
    change(folder, secret, now, lambda states: states)


def change(folder: Path, secret: str, now: datetime, rule: Callable[[States], States]) -> States:
    """Let a rule change the states, one process at a time; a next key is made where there is none.

    Returns the states as they are then. What the rule raises leaves everything as it was.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = read_states(folder)
        states = rule(before) or {_make_key(folder, secret): KeyState("current", now)}
        if not (folder / STATES_FILE).exists():
            # First of all, else a second key's file would leave it open which one is current.
            _write_states(folder, states)
        if kid_in(states, "next") is None:
            # Under another secret than its elder's the new key would not open with it.
            load_key(folder, kid_in(states, "current") or "", secret)
            states = {**states, _make_key(folder, secret): KeyState("next", now)}
        if states != before:
            _write_states(folder, states)
        return states


def _password(secret: str) -> bytes:
    return derive_key(secret, "signing keys")


def _make_key(folder: Path, secret: str) -> str:
    """Write a new key's file; returns its kid, which no key here ever had."""
    kid = secrets.token_hex(KID_BYTES)
    while (folder / f"{kid}.pem").exists():
        kid = secrets.token_hex(KID_BYTES)
    private = ec.generate_private_key(ec.SECP256R1())
    encryption = BestAvailableEncryption(_password(secret))
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    _write_private(folder / f"{kid}.pem", pem)
    return kid


def _write_states(folder: Path, states: States) -> None:
    members = {
        kid: {"state": key.state, "since": key.since.isoformat(timespec="seconds")}
        for kid, key in states.items()
    }
    _write_private(folder / STATES_FILE, json.dumps(members, indent=2).encode())


def _write_private(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read_private(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigurationError(f"{path} may be read by others; run: chmod 600 {path}")
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigurationError(f"{path} is missing; restore it from a copy") from None


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant without its offset")
    return instant
