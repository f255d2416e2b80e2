"""`liangzheng seals …`: the seals of units."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from wallet.base import audit
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps, build_deps
from wallet.base.periods import is_current
from wallet.catalogue.model import LicenceType
from wallet.config import load_config
from wallet.errors import ConfigurationError
from wallet.licences.model import Exemption
from wallet.organisations.model import Unit
from wallet.organisations.seals import Seal, load_seal, read_image, read_pkcs12, save_seal

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def seals() -> None:
    """The electronic seals of issuing units."""


@seals.command("list")
def list_seals() -> None:
    """Show each issuing unit's seal, until when it is good, and what need not be sealed."""
    now = read_clock()
    with _opened() as deps, deps.db.read() as tx:
        units = tx.execute(select(Unit.code, Unit.name, Unit.kinds).order_by(Unit.code)).all()
        exemptions = tx.execute(
            select(Unit.code.label("unit"), LicenceType.code, Exemption.basis)
            .join(Unit, Unit.id == Exemption.unit_id)
            .join(LicenceType, LicenceType.id == Exemption.type_id)
            .where(
                Exemption.kind == "seal",
                is_current(Exemption.starts_on, Exemption.ends_on, local_day(now)),
            )
            .order_by(Unit.code, LicenceType.code)
        ).all()
        found = {
            unit.code: load_seal(deps.config.seals_dir, deps.config.secret_key, unit.code)
            for unit in units
        }
    for unit in units:
        seal = found[unit.code]
        if seal is not None or "issuing" in unit.kinds:
            click.echo(f"{unit.code}  {unit.name}  {_described(seal, now)}")
    for row in exemptions:
        click.echo(f"{row.unit}  {row.code}  exempt: {row.basis}")


@seals.command("import")
@click.argument("unit")
@click.argument("file", type=_FILE)
@click.option("--image", type=_FILE, help="The printed image of the seal: a square PNG.")
@click.password_option(confirmation_prompt=False, help="Of the file; asked for when not given.")
def import_seal(unit: str, file: Path, image: Path | None, password: str) -> None:
    """Take over the seal of UNIT (its credit code) from FILE, a PKCS#12 of a licensed CA."""
    now = read_clock()
    with _opened() as deps:
        seal = read_pkcs12(file.read_bytes(), password, now)
        content = read_image(image) if image else b""
        with deps.db.begin() as tx:
            unit_id = tx.execute(select(Unit.id).where(Unit.code == unit)).scalar_one_or_none()
            if unit_id is None:
                raise ConfigurationError(f"there is no unit {unit}")
            audit.record(tx, "seal.imported", now, unit=unit_id, certificate=seal.serial)
        folder, secret = deps.config.seals_dir, deps.config.secret_key
        save_seal(folder, secret, unit, seal, content, ".png")
        click.echo(f"{unit}  {_described(load_seal(folder, secret, unit), now)}")


@contextmanager
def _opened() -> Iterator[Deps]:
    deps = build_deps(load_config(os.environ))
    try:
        yield deps
    finally:
        deps.db.close()


def _described(seal: Seal | None, now: datetime) -> str:
    if seal is None:
        return "no seal"
    names = seal.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    until = local_day(seal.certificate.not_valid_after_utc)
    state = "good" if seal.is_current(now) else "NOT IN FORCE,"
    image = "with image" if seal.image else "without image"
    name = names[0].value if names else "no name"
    return f"{state} until {until}  {name!s}  {seal.serial}  {image}"
