"""Another region's library: its keys, its bundle, codes that its phones show, and its registration here."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tests.support.bundles import a_bundle
from tests.support.codes import Signer, make, signer
from tests.support.showing import RENEWAL
from wallet.base.clock import rfc3339
from wallet.base.deps import Deps
from wallet.relying.federation.register import accept_codes, add_library
from wallet.showing.handle import new_jti

BAOTOU: Final = "150200"
NAME: Final = "包头市"


def region(issuer: str = BAOTOU) -> Signer:
    """A library of another region, with a key of its own."""
    return replace(signer(), issuer=issuer, kid="b1b1", url="https://baotou.example.gov.cn")


def bundle_file(folder: Path, by: Signer, now: datetime, **changes: Any) -> Path:
    """Its bundle of now, as a file."""
    path = folder / f"{by.issuer}-given.json"
    seconds = int(now.timestamp())
    bundle = a_bundle(by, list_issued=seconds, as_of=rfc3339(now)) | changes
    path.write_text(json.dumps(bundle), "utf-8")
    return path


def register(
    deps: Deps,
    by: Signer,
    now: datetime,
    *,
    item: str = RENEWAL,
    types: tuple[int, ...] = (1,),
    holder: bool = True,
    hours: int = 24,
) -> None:
    """The operator registers it, and lets its codes be taken for an item."""
    file = bundle_file(deps.config.data, by, now)
    add_library(deps, by.issuer, NAME, "Baotou", None, file, hours, now)
    accept_codes(deps, by.issuer, item, types, now, holder=holder)


def shown_by(by: Signer, now: datetime, **recipe: Any) -> str:
    """A code of a new showing there."""
    return make(recipe, replace(by, jti=new_jti()), int(now.timestamp()))
