"""`liangzheng federation …`: libraries of other regions whose codes are judged here (O-18, M-17)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from wallet.base.clock import read_clock, rfc3339
from wallet.base.deps import Deps, build_deps
from wallet.config import load_config
from wallet.relying.federation.register import (
    HOURS_MAX,
    accept_codes,
    add_library,
    libraries,
    remove_library,
)

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def federation() -> None:
    """Libraries of other regions."""


@federation.command("list")
def list_libraries() -> None:
    """Show each library, how old its bundle is, for which items its codes are taken, and how many were judged."""
    with _opened() as deps:
        found = libraries(deps, read_clock())
    for one in found:
        age = rfc3339(one.as_of) if one.as_of else "none"
        state = "" if one.fresh else "  STALE: its codes are undetermined"
        click.echo(f"{one.issuer}  {one.name}  {one.url or 'a file'}  bundle {age}{state}")
        click.echo(f"  {one.judged} codes judged")
        for item, types, holder in one.items:
            numbers = " ".join(map(str, types))
            click.echo(f"  {item}: types {numbers}{', masked name' if holder else ''}")


@federation.command("add")
@click.argument("issuer")
@click.option("--name", required=True, help="What the region is called, as desks read it.")
@click.option("--name-en", default="", help="The same in English.")
@click.option("--url", help="Its public address: https, or http on this machine.")
@click.option("--file", type=_FILE, help="Its bundle as a file, where it cannot be fetched.")
@click.option(
    "--hours", default=HOURS_MAX, show_default=True, help="Its bundle is good for so long."
)
def add(
    issuer: str, name: str, name_en: str, url: str | None, file: Path | None, hours: int
) -> None:
    """Register the library ISSUER (its area code), or change what is known of it."""
    with _opened() as deps:
        bundle = add_library(deps, issuer, name, name_en or name, url, file, hours, read_clock())
    click.echo(f"{issuer} is registered; its types are:")
    for number, type_name in sorted(bundle.types.items()):
        click.echo(f"  {number}  {type_name}")


@federation.command("accept")
@click.argument("issuer")
@click.argument("item")
@click.option("--type", "types", type=int, multiple=True, help="Short number there; none: no more.")
@click.option(
    "--holder/--no-holder", default=False, help="That region lets the masked name be seen."
)
def accept(issuer: str, item: str, types: Sequence[int], *, holder: bool) -> None:
    """Take codes of these types of ISSUER for ITEM."""
    with _opened() as deps:
        accept_codes(deps, issuer, item, types, read_clock(), holder=holder)
    click.echo(f"{item} takes {len(set(types)) or 'no'} types of {issuer}.")


@federation.command("remove")
@click.argument("issuer")
def remove(issuer: str) -> None:
    """Take ISSUER off; its codes are refused at once."""
    with _opened() as deps:
        remove_library(deps, issuer, read_clock())
    click.echo(f"{issuer} is registered no more.")


@contextmanager
def _opened() -> Iterator[Deps]:
    deps = build_deps(load_config(os.environ))
    try:
        yield deps
    finally:
        deps.db.close()
