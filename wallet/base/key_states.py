"""The states that a signing key goes through, and when. Pure rules; docs/decisions has the reasons.

| state    | published | signs | what it signed is |
|----------|-----------|-------|-------------------|
| next     | yes       | no    | accepted          |
| current  | yes       | yes   | accepted          |
| previous | yes       | no    | accepted          |
| retired  | no        | no    | refused           |

A key goes down this table and never back. There is one current key, one next, and any number of
the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from verify.codes import CLOCK_TOLERANCE, KINDS
from wallet import numbers
from wallet.base.clock import rfc3339
from wallet.errors import ConfigurationError

State = Literal["next", "current", "previous", "retired"]
STATES: Final[tuple[State, ...]] = get_args(State)


@dataclass(frozen=True)
class KeyState:
    """The state of a key, and since when."""

    state: State
    since: datetime


States = Mapping[str, KeyState]
"""kid → its state."""


def kid_in(states: States, state: State) -> str | None:
    """The kid of the one key in that state (`current`, `next`), None when there is none."""
    return next((kid for kid, key in states.items() if key.state == state), None)


def signs_from(following: KeyState) -> datetime:
    """When a key that is next may sign: every trust bundle without it has lapsed by then."""
    return following.since + timedelta(seconds=numbers.KEY_BUNDLES_LAPSE)


def retires_at(previous: KeyState) -> datetime:
    """When a previous key retires by itself.

    By then every code that it signed has ended, and so has every trust bundle from before its
    successor signed.
    """
    life = max(kind.life for kind in KINDS.values())
    return previous.since + timedelta(
        seconds=life + CLOCK_TOLERANCE + numbers.KEY_SETTLE + numbers.KEY_BUNDLES_LAPSE
    )


def rotates_at(states: States, days: int) -> datetime | None:
    """When the schedule wants the next key to sign; None where `days` is 0 or a key is missing."""
    current, following = kid_in(states, "current"), kid_in(states, "next")
    if not days or current is None or following is None:
        return None
    return max(states[current].since + timedelta(days=days), signs_from(states[following]))


def rotated(states: States, now: datetime, *, hurry: bool = False) -> States:
    """Next signs, current becomes previous. Raises ConfigurationError when it is too early.

    In a `hurry` (the current key was stolen) trust bundles are not waited for, only that every
    process of this library knows the next key.
    """
    current, following = kid_in(states, "current"), kid_in(states, "next")
    if current is None or following is None:
        raise ConfigurationError("there is no key to rotate to; start the server once")
    settled = states[following].since + timedelta(seconds=numbers.KEY_SETTLE)
    allowed = settled if hurry else signs_from(states[following])
    if now < allowed:
        raise ConfigurationError(
            f"key {following} may sign from {rfc3339(allowed)}: "
            + (
                "not every server has it yet"
                if hurry
                else "until then there may be trust bundles without it; --now does not wait for them"
            )
        )
    return {**states, current: KeyState("previous", now), following: KeyState("current", now)}


def retired(states: States, kid: str, now: datetime, *, hurry: bool = False) -> States:
    """That key is refused from now on. Raises ConfigurationError when codes still need it.

    In a `hurry` codes that it signed are refused although they have not ended.
    """
    key = states.get(kid)
    if key is None:
        raise ConfigurationError(f"there is no key {kid}")
    if key.state == "retired":
        raise ConfigurationError(f"key {kid} is retired already")
    if key.state == "current":
        raise ConfigurationError(f"key {kid} signs; run first: liangzheng keys rotate")
    end = retires_at(key)
    if key.state == "previous" and not hurry and now < end:
        raise ConfigurationError(
            f"codes that key {kid} signed may be in use until "
            f"{rfc3339(end)}; --now refuses them at once"
        )
    return {**states, kid: KeyState("retired", now)}


def on_schedule(states: States, days: int, now: datetime) -> States:
    """What the schedule makes of the keys at that time; `days` 0 rotates by command only."""
    at = rotates_at(states, days)
    if at is not None and now >= at:
        states = rotated(states, now)
    for kid, key in states.items():
        if key.state == "previous" and now >= retires_at(key):
            states = retired(states, kid, now)
    return states
