"""What an issuing unit may do to a licence that stands as it does.

暂扣 suspend and 恢复 resume can follow each other. Four acts end a licence for good: 撤回 withdraw
takes back what was rightly given, 撤销 annul what never should have been, 吊销 revoke punishes, and
注销 cancel closes the file (Administrative Licensing Law, articles 8, 69 and 70; Administrative
Penalty Law, article 9). Which act a status code stands for is said by the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

EXPIRE: Final = "expire"
"""The passing of the last day, which nobody does."""

_IN_FORCE: Final = frozenset({"valid", "not_yet_valid", "suspended"})
_NOT_ENDED: Final = _IN_FORCE | {"expired"}

ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "suspend": _IN_FORCE,
    "resume": _IN_FORCE,
    "withdraw": _IN_FORCE,
    "annul": _NOT_ENDED,
    "revoke": _NOT_ENDED,
    "cancel": _NOT_ENDED,
}
"""Act → the standings (`standing.status_on`) in which it may be done; none is in `revoked`."""

_USUAL: Final = {"valid": "resume", "suspended": "suspend", "revoked": "revoke"}


def act_of(status_code: Mapping[str, Any]) -> str:
    """The act that sets a status code of the catalogue: its `act`, else the usual of its meaning."""
    act: str = status_code.get("act") or _USUAL[status_code["means"]]
    return act


def is_allowed(act: str, standing: str, from_code: str, to_code: str) -> bool:
    """Whether it may be done to a licence with that standing and code.

    What is valid may get another of the type's codes for valid, and not the same once more; what
    is suspended may be suspended anew, on other grounds.
    """
    if act == "resume" and standing != "suspended" and from_code == to_code:
        return False
    return standing in ALLOWED[act]


def offered(
    status_codes: Sequence[Mapping[str, Any]], standing: str, from_code: str
) -> list[Mapping[str, Any]]:
    """The status codes of a type that a unit may give a licence with that standing and code."""
    return [
        entry
        for entry in status_codes
        if entry["means"] in _USUAL
        and is_allowed(act_of(entry), standing, from_code, str(entry["code"]))
    ]
