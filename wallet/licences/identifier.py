"""The licence identifier of GB/T 36904:

`1.2.156.3005.2.{type code}.{issuer code}.{serial}.{version, 3 digits}.{check}`, where the check
character is ISO 7064 MOD 37,36 over the four middle parts without dots and without the root.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Final

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

from wallet.errors import Invalid

ROOT: Final = "1.2.156.3005.2"
SERIAL_LENGTH: Final = 16
VERSION_MAX: Final = 999
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PARTS: Final = re.compile(
    r"(?P<type>[0-9A-Z]{18}[0-9]{3})\.(?P<issuer>[0-9A-Z]{18}|[0-9]{6})"
    r"\.(?P<serial>[0-9A-Z]{7,32})\.(?P<version>[0-9]{3})\.(?P<check>[0-9A-Z])"
)


@dataclass(frozen=True)
class Identifier:
    """The parts of an identifier whose check character is right."""

    type_code: str
    issuer_code: str
    serial: str
    version: int

    def __str__(self) -> str:
        return _write(self.type_code, self.issuer_code, self.serial, self.version)


def parse_identifier(text: str) -> Identifier:
    """Take an identifier apart; raises Invalid (`identifier_form`, `identifier_check`)."""
    root, parts = text[: len(ROOT) + 1], _PARTS.fullmatch(text[len(ROOT) + 1 :])
    if root != f"{ROOT}." or parts is None:
        raise Invalid(
            "证照标识的格式不对，应为 1.2.156.3005.2.类型代码.单位代码.流水号.版本.校验位。",
            "identifier_form",
        )
    type_code, issuer_code, serial, version, check = parts.groups()
    try:
        mod_37_36.validate(f"{type_code}{issuer_code}{serial}{version}{check}")
    except ValidationError:
        raise Invalid("证照标识的校验位不对，请核对后再报送。", "identifier_check") from None
    return Identifier(type_code, issuer_code, serial, int(version))


def make_identifier(type_code: str, issuer_code: str, version: int, serial: str = "") -> str:
    """A new identifier; without a serial its 16 characters are random, so it tells nothing."""
    chosen = serial or "".join(secrets.choice(_ALPHABET) for _ in range(SERIAL_LENGTH))
    return _write(type_code, issuer_code, chosen, version)


def _write(type_code: str, issuer_code: str, serial: str, version: int) -> str:
    middle = f"{type_code}{issuer_code}{serial}{version:03d}"
    check = mod_37_36.calc_check_digit(middle)
    return f"{ROOT}.{type_code}.{issuer_code}.{serial}.{version:03d}.{check}"
