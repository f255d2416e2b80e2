"""The serial of an annotated copy: what the code carries as `jti`, and what a clerk may type.

Twelve random characters of 32 that are not mistaken for each other, and two check digits of ISO 7064 MOD 97-10 over
them, after the two letters that say what it is: `JZ` + 12 + 2 = 16 characters, printed in groups of four.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_MARK: Final = "JZ"
_RANDOM: Final = 12
LENGTH: Final = 16
_TYPED_MAX: Final = 2 * LENGTH
"""Characters of a serial as it is typed, with what stands between its groups. A scanned code is longer."""


def new_serial() -> str:
    """A serial of 60 random bits with its check digits."""
    return with_check_digits(_MARK + random_letters(_RANDOM))


def read_serial(text: str) -> str | None:
    """The serial that was typed, spaces, hyphens, case and width aside; None for what is none."""
    return read_typed(text, _MARK, LENGTH)


def random_letters(count: int) -> str:
    """So many of the 32 characters that are not mistaken for each other, 5 random bits each."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))


def with_check_digits(front: str) -> str:
    """A number with the two check digits of ISO 7064 MOD 97-10 over it."""
    return front + mod_97_10.calc_check_digits(front)


def read_typed(text: str, mark: str, length: int) -> str | None:
    """A number that begins with `mark` and has its check digits, as somebody typed it; None for what is none."""
    if len(text) > _TYPED_MAX:
        return None
    normal = unicodedata.normalize("NFKC", text).upper()
    number = "".join(one for one in normal if one not in " -\t")
    if len(number) != length or not number.startswith(mark) or not number.isascii():
        return None
    try:
        mod_97_10.validate(number)
    except ValidationError:
        return None
    return number


def grouped(serial: str) -> str:
    """The serial as it is printed: `JZ2A BCDE FGHJ KL34`."""
    return " ".join(serial[at : at + 4] for at in range(0, len(serial), 4))
