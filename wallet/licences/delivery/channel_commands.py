"""`liangzheng channels …`: the ways to holders beside the wallet's inbox (M-8)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy import insert, select, update

from wallet.base import audit
from wallet.base.clock import read_clock
from wallet.base.deps import Deps, build_deps
from wallet.base.webhooks import new_secret
from wallet.config import is_private_address, load_config
from wallet.errors import ConfigurationError
from wallet.licences.delivery.model import CHANNEL_SECRET, Channel

_KINDS = click.Choice(["person", "organisation"])


@click.group()
def channels() -> None:
    """Delivery channels, such as 蒙速办 and 政务服务网."""


@channels.command("list")
def list_channels() -> None:
    """Show each channel, whether it is connected, and what it takes."""
    with _opened() as deps, deps.db.read() as tx:
        rows = tx.execute(select(Channel).order_by(Channel.code)).all()
    for row in rows:
        state = "disabled" if row.disabled_at else row.url or "not connected"
        types = " ".join(row.type_codes) or "all types"
        told = "codes" if row.holder_code else "references"
        kinds = " ".join(row.holder_kinds)
        uses = "uses" if row.uses else "no uses"
        click.echo(f"{row.code}  {row.name}  {state}  {kinds}  {types}  {told}  {uses}")


@channels.command("set")
@click.argument("code")
@click.option("--name", help="Needed for a new channel.")
@click.option("--url", help="Where its webhook listens: https, or http on this machine.")
@click.option("--kind", "kinds", type=_KINDS, multiple=True, help="Holders it takes; both if none.")
@click.option("--type", "types", multiple=True, help="Licence types it takes; all if none.")
@click.option("--holder-code/--no-holder-code", default=None, help="It must have holders' codes.")
@click.option("--uses/--no-uses", default=None, help="It is told of uses too; told if new.")
@click.option("--new-secret", "renew", is_flag=True, help="Make another secret, at once in force.")
@click.option("--enable/--disable", default=None)
def set_channel(
    code: str,
    name: str | None,
    url: str | None,
    kinds: Sequence[str],
    types: Sequence[str],
    holder_code: bool | None,
    uses: bool | None,
    enable: bool | None,
    *,
    renew: bool,
) -> None:
    """Add the channel CODE, or change what is given of it. A new secret is shown once."""
    if url is not None and not is_private_address(url):
        raise ConfigurationError("--url must be https, or http on this machine")
    now = read_clock()
    given: dict[str, Any] = {
        "name": name,
        "url": url,
        "holder_kinds": list(kinds) or None,
        "type_codes": list(types) or None,
        "holder_code": holder_code,
        "uses": uses,
    }
    values = {key: value for key, value in given.items() if value is not None}
    if enable is not None:
        values["disabled_at"] = None if enable else now
    with _opened() as deps, deps.db.begin() as tx:
        row = tx.execute(select(Channel).where(Channel.code == code)).one_or_none()
        if row is None and name is None:
            raise ConfigurationError("a new channel needs its --name")
        secret = None
        if renew or row is None or row.secret_sealed is None:
            secret = new_secret()
            values["secret_sealed"] = deps.vault.seal(secret, CHANNEL_SECRET)
        if row is None:
            new = {"code": code, "holder_kinds": ["person", "organisation"], "type_codes": []}
            channel = tx.execute(
                insert(Channel).returning(Channel.id), new | {"holder_code": False} | values
            ).scalar_one()
        else:
            channel = row.id
            tx.execute(update(Channel).where(Channel.id == channel).values(values))
        audit.record(tx, "channel.set", now, channel=channel, changed=sorted(values))
    click.echo(f"{code} is set.")
    if secret is not None:
        click.echo(f"Its secret, shown this once: {secret}")


@contextmanager
def _opened() -> Iterator[Deps]:
    deps = build_deps(load_config(os.environ))
    try:
        yield deps
    finally:
        deps.db.close()
