"""Which roles a unit's kinds allow, and which of them the unit above gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

ROLE_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "desk": frozenset({"relying", "social"}),
    "counter": frozenset({"relying"}),
    "issuer": frozenset({"issuing"}),
    "manager": frozenset({"managing"}),
    "auditor": frozenset({"managing"}),
}
"""Role of staff → kinds of unit, one of which its unit must be of."""
CLIENT_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "relying": frozenset({"relying", "social"}),
    "issuing": frozenset({"issuing"}),
    "managing": frozenset({"managing"}),
    "platform": frozenset({"platform"}),
}
"""The same for machine clients."""
FROM_ABOVE: Final = frozenset({"manager", "auditor"})
"""Roles that people of the unit above give and take, never the own unit's."""


def roles_for(kinds: Collection[str]) -> list[str]:
    """The roles that a unit of these kinds may have, in the order of `ROLE_KINDS`."""
    return [role for role, needed in ROLE_KINDS.items() if not needed.isdisjoint(kinds)]


def client_roles_for(kinds: Collection[str]) -> list[str]:
    """The roles that machine clients of a unit of these kinds may have, in the order of `CLIENT_KINDS`."""
    return [role for role, needed in CLIENT_KINDS.items() if not needed.isdisjoint(kinds)]
