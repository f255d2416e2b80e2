"""`liangzheng exempt`: a unit's licences of a type are exempt from a duty."""

from __future__ import annotations

import os
from datetime import date, datetime

import click

from wallet.base.clock import local_day, read_clock
from wallet.base.deps import build_deps
from wallet.base.typesetting import undrawable
from wallet.config import load_config
from wallet.errors import ConfigurationError, NotFound
from wallet.licences.exempt import KINDS, end_exemption, exempt


@click.command("exempt")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("unit")
@click.argument("type_code", metavar="TYPE")
@click.option("--basis", help="The document and article that the exemption rests on.")
@click.option("--reason", default="", help="The legal or technical reason.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day; none: for good.")
@click.option("--end", is_flag=True, help="The exemption ends now.")
def exempt_command(
    kind: str,
    unit: str,
    type_code: str,
    basis: str | None,
    reason: str,
    until: datetime | None,
    *,
    end: bool,
) -> None:
    """Exempt UNIT's licences of TYPE from the seal, from delivery, or from issuing in step."""
    now = read_clock()
    last: date | None = until.date() if until else None
    deps = build_deps(load_config(os.environ))
    try:
        if end:
            ended = end_exemption(deps, kind, unit, type_code, now)
            click.echo("It has ended." if ended else "It was not exempt.")
        else:
            basis = _checked(basis, last, now)
            exempt(deps, kind, unit, type_code, basis, last, now, reason.strip())
            click.echo(f"{unit}  {type_code}  exempt from {kind}: {basis}")
    except NotFound:
        raise ConfigurationError(f"there is no unit {unit} or no type {type_code}") from None
    finally:
        deps.db.close()


def _checked(basis: str | None, last: date | None, now: datetime) -> str:
    if not basis or not basis.strip():
        raise click.UsageError("an exemption needs its --basis")
    if missing := undrawable(basis):
        raise click.UsageError(f"no font has these characters: {' '.join(missing)}")
    if last is not None and last < local_day(now):
        raise click.UsageError("--until has passed")
    return basis
