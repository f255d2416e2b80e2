"""Which desk a computer is: it keeps that, sealed, when a shift is handed over, for whoever signs in next."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidTag

from verify.codes import CLOCK_TOLERANCE
from wallet import numbers
from wallet.base.encryption import Vault

_CONTEXT: Final = "desk.place"


@dataclass(frozen=True)
class Place:
    """A desk of a unit by its label; `noted_at` in Unix seconds."""

    unit_id: int
    terminal: str
    noted_at: int


def terminal_at(place: Place | None, unit_id: int, roles: Collection[str]) -> str | None:
    """The label under which somebody works who signs in there; None, their own, unless a clerk of the unit."""
    if place is None or place.unit_id != unit_id or "desk" not in roles:
        return None
    return place.terminal or None


def seal_place(vault: Vault, place: Place) -> str:
    """The place as a cookie holds it."""
    return urlsafe_b64encode(
        vault.seal_bytes(json.dumps(asdict(place)).encode(), _CONTEXT)
    ).decode()


def open_place(vault: Vault, sealed: str, now: datetime) -> Place | None:
    """The place in a cookie, if it is ours and not too old."""
    try:
        plain = vault.open_bytes(urlsafe_b64decode(sealed.encode("ascii")), _CONTEXT)
    except (ValueError, InvalidTag):
        return None
    place = Place(**json.loads(plain))
    age = now.timestamp() - place.noted_at
    return place if -CLOCK_TOLERANCE <= age < numbers.DESK_PLACE_KEPT else None
