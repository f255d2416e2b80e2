"""A real PKCS#11 token in software, with a folder of its own."""

from __future__ import annotations

import os
import secrets
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from wallet.base.pkcs11_token import Token
from wallet.config import Config

MODULE: Final = "/usr/lib/softhsm/libsofthsm2.so"
_CONFIGURATION: Final = "SOFTHSM2_CONF"


@dataclass(frozen=True)
class SoftHsm:
    """A token; `token` is how this process talks to it."""

    folder: Path
    label: str
    pin: str
    token: Token

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a server whose keys are to be in this token."""
        return {
            "LIANGZHENG_PKCS11_MODULE": MODULE,
            "LIANGZHENG_PKCS11_TOKEN": self.label,
            "LIANGZHENG_PKCS11_PIN": self.pin,
            _CONFIGURATION: os.environ[_CONFIGURATION],
        }

    def settings(self, config: Config) -> Config:
        """These settings, with new keys in this token."""
        return replace(config, pkcs11_module=MODULE, pkcs11_token=self.label, pkcs11_pin=self.pin)

    def take_away(self) -> None:
        """As if the cable were pulled."""
        self._tokens.rename(self.folder / "away")

    def bring_back(self) -> None:
        """As if it were plugged in again."""
        (self.folder / "away").rename(self._tokens)

    @property
    def _tokens(self) -> Path:
        return self.folder / "tokens"


def make_softhsm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    """A new token without keys. Its label is new too, so that nobody is logged in to it."""
    (folder / "tokens").mkdir(parents=True)
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv(_CONFIGURATION, str(configuration))
    label, pin = f"lz-{secrets.token_hex(4)}", secrets.token_hex(6)
    subprocess.run(
        f"softhsm2-util --init-token --free --label {label} --pin {pin} --so-pin {pin}".split(),
        check=True,
        capture_output=True,
    )
    return SoftHsm(folder, label, pin, Token(MODULE, label, pin))
