"""Register libraries of other regions, and say for which items their codes are taken: by the operator alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update

from verify.fetch import fetch_bundle
from verify.trust import TRUST_LIMIT, BundleError, IssuerTrust, load_trust
from wallet.base import audit
from wallet.base.database import insert_if_new
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.config import is_private_address
from wallet.errors import ConfigurationError
from wallet.relying.federation.bundles import bundle_of, is_fresh, keep_bundle
from wallet.relying.federation.model import ForeignItem, ForeignLibrary
from wallet.showing.model import Verification

_ISSUER: Final = re.compile(r"[A-Za-z0-9-]{1,32}")
HOURS_MAX: Final = TRUST_LIMIT // 3600


@dataclass(frozen=True)
class LibraryView:
    """A registered library: until when its bundle is good, None where there is none; how many of its codes were
    judged here; and by item the types that are taken."""

    issuer: str
    name: str
    url: str | None
    as_of: datetime | None
    fresh: bool
    judged: int
    items: Sequence[tuple[str, Sequence[int], bool]]


def add_library(
    deps: Deps,
    issuer: str,
    name: str,
    name_en: str,
    url: str | None,
    file: Path | None,
    hours: int,
    now: datetime,
) -> IssuerTrust:
    """Register a library, or change what is known of one; its bundle is read first, from its address or a file.

    Gives the bundle. Raises ConfigurationError: nothing is registered whose bundle cannot be read.
    """
    if not _ISSUER.fullmatch(issuer) or issuer == deps.config.issuer:
        raise ConfigurationError(f"{issuer} is not the code of another library")
    if (url is None) == (file is None):
        raise ConfigurationError("give either --url or --file")
    if url is not None and not is_private_address(url):
        raise ConfigurationError("--url must be https, or http on this machine")
    if not 1 <= hours <= HOURS_MAX:
        raise ConfigurationError(f"--hours must be 1 to {HOURS_MAX}")
    try:
        bundle = fetch_bundle(url) if url is not None else _bundle_in(file, issuer)
        kept = keep_bundle(deps.config.federation_dir, issuer, bundle, now)
    except BundleError as error:
        raise ConfigurationError(str(error)) from None
    values: dict[str, Any] = {"name": name, "name_en": name_en, "url": url, "max_age": hours * 3600}
    with deps.db.begin() as tx:
        if not insert_if_new(tx, ForeignLibrary, issuer=issuer, added_at=now, **values):
            tx.execute(
                update(ForeignLibrary).where(ForeignLibrary.issuer == issuer).values(**values)
            )
        audit.record(tx, "region.set", now, issuer=issuer, hours=hours, fetched=url is not None)
    return kept


def remove_library(deps: Deps, issuer: str, now: datetime) -> None:
    """Take a library off: its codes are those of an unknown issuer again. Raises ConfigurationError."""
    with deps.db.begin() as tx:
        library_id = _id_of(tx, issuer)
        tx.execute(delete(ForeignItem).where(ForeignItem.library_id == library_id))
        tx.execute(delete(ForeignLibrary).where(ForeignLibrary.id == library_id))
        audit.record(tx, "region.removed", now, issuer=issuer)
    (deps.config.federation_dir / f"{issuer}.json").unlink(missing_ok=True)


def accept_codes(
    deps: Deps, issuer: str, item: str, types: Sequence[int], now: datetime, *, holder: bool
) -> None:
    """Take codes of these types of a library for an item, by its own short numbers; without types none any more.

    `holder`: that region lets the masked name be seen. Raises ConfigurationError.
    """
    with deps.db.begin() as tx:
        library_id = _id_of(tx, issuer)
        found = tx.execute(
            select(UseItem.id, UseItem.consent).where(
                UseItem.code == item, UseItem.withdrawn_at.is_(None)
            )
        ).one_or_none()
        if found is None:
            raise ConfigurationError(f"there is no use item {item}")
        if found.consent != "none":
            raise ConfigurationError(
                f"{item} asks the holder, and a holder of another region cannot be asked"
            )
        same = (ForeignItem.library_id == library_id, ForeignItem.item_id == found.id)
        tx.execute(delete(ForeignItem).where(*same))
        if types:
            row = {"library_id": library_id, "item_id": found.id, "types": sorted(set(types))}
            tx.execute(insert(ForeignItem), row | {"holder": holder})
        audit.record(
            tx,
            "region.accepted",
            now,
            issuer=issuer,
            item=item,
            types=sorted(set(types)),
            shows_holder=holder,
        )


def libraries(deps: Deps, now: datetime) -> list[LibraryView]:
    """Every registered library, by its code."""
    with deps.db.read() as tx:
        rows = tx.execute(select(ForeignLibrary).order_by(ForeignLibrary.issuer)).all()
        items = tx.execute(
            select(ForeignItem, UseItem.code)
            .join(UseItem, UseItem.id == ForeignItem.item_id)
            .order_by(UseItem.code)
        ).all()
        judged = {
            row.region: row.how_many
            for row in tx.execute(
                select(Verification.region, func.count().label("how_many"))
                .where(Verification.region.is_not(None))
                .group_by(Verification.region)
            )
        }
    found = []
    for row in rows:
        bundle = bundle_of(deps.config.federation_dir, row.issuer)
        found.append(
            LibraryView(
                issuer=row.issuer,
                name=row.name,
                url=row.url,
                as_of=None if bundle is None else datetime.fromtimestamp(bundle.as_of, UTC),
                fresh=bundle is not None and is_fresh(bundle, row.max_age, now),
                judged=judged.get(row.issuer, 0),
                items=[(i.code, i.types, i.holder) for i in items if i.library_id == row.id],
            )
        )
    return found


def _bundle_in(file: Path | None, issuer: str) -> IssuerTrust:
    assert file is not None
    trust = load_trust(file)
    if issuer not in trust.issuers:
        raise BundleError(f"{file} has no bundle of {issuer}.")
    return trust.issuers[issuer]


def _id_of(tx: Any, issuer: str) -> int:
    found: int | None = tx.execute(
        select(ForeignLibrary.id).where(ForeignLibrary.issuer == issuer)
    ).scalar_one_or_none()
    if found is None:
        raise ConfigurationError(f"no library {issuer} is registered")
    return found
