"""A desk: a staff session, or a machine client and its terminal."""

from __future__ import annotations

from dataclasses import dataclass

from wallet.errors import Invalid
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Desk:
    """Who asks for a verdict. `key` is the desk's identity, `terminal` its label for people, `address`
    the network address that the request came from."""

    principal: Principal
    key: str
    terminal: str
    address: str | None = None


def desk_of(principal: Principal, terminal: str | None, address: str | None = None) -> Desk:
    """The desk of a request from an address; raises Invalid when a client names no terminal."""
    if principal.kind == "staff":
        return Desk(principal, f"staff-session:{principal.session}", principal.terminal, address)
    if not terminal:
        raise Invalid("terminal：请写明是哪一台终端。", "terminal_required")
    return Desk(principal, f"client:{principal.id}:{terminal}", terminal, address)


def is_same_desk(principal: Principal, key: str) -> bool:
    """Whether a recorded desk is this one; a client asks again without naming its terminal."""
    if principal.kind == "staff":
        return key == f"staff-session:{principal.session}"
    return key.startswith(f"client:{principal.id}:")
