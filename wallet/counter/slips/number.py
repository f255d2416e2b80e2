"""The number of an emergency slip: `YJ`, six random characters of its block, its place in two digits, two check digits
of ISO 7064 MOD 97-10; printed in groups of four."""

from __future__ import annotations

from typing import Final

from wallet.counter.serial import random_letters, read_typed, with_check_digits

_MARK: Final = "YJ"
_BLOCK: Final = 6
LENGTH: Final = 12


def new_block() -> str:
    """The random part that the numbers of a block share: 30 bits."""
    return random_letters(_BLOCK)


def slip_number(block: str, position: int) -> str:
    """The number of the slip at that place of a block, counted from 1 to 99."""
    return with_check_digits(f"{_MARK}{block}{position:02d}")


def read_number(text: str) -> str | None:
    """The number that was typed or scanned; None for what is none."""
    return read_typed(text, _MARK, LENGTH)
