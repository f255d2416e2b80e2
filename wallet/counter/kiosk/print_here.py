"""Print at a released screen: copies for a matter of the list, and their document."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.catalogue.matters import Matter, find_matters, matter_of
from wallet.counter.assist import AssistanceView
from wallet.counter.document import copy_document
from wallet.counter.kiosk.release import Released
from wallet.counter.model import Copy
from wallet.counter.print_copy import NewCopies, print_copies
from wallet.errors import Invalid, NotFound
from wallet.licences.held import HeldLicence


def offered_here(
    deps: Deps, session: AssistanceView, item: str
) -> tuple[list[Matter], list[HeldLicence]]:
    """The matters for which the person holds something that is valid, and what the one with this code uses of it."""
    valid = [one for one in session.licences if one.status == "valid"]
    types = {one.type_code for one in valid}
    matters = find_matters(deps, types, "", numbers.MATTERS_AT_COUNTER)[0]
    matter = matter_of(deps, item) if any(one.code == item for one in matters) else None
    if matter is None:
        return matters, []
    return matters, [one for one in valid if one.type_code in matter.type_codes]


def print_here(
    deps: Deps,
    kiosk: Released,
    session: AssistanceView,
    chosen: Sequence[str],
    item: str,
    key: str,
    now: datetime,
) -> str:
    """Print a copy of each chosen licence for a matter, given to its unit; returns the serial of the first.

    A copy is good for the usual days, or as long as its licence. The same choice under the same `key` is one print,
    another choice is another. Raises Invalid (`copy_licences`, `copies_together`, `copy_item`), and as `print_copies`.
    """
    matters, usable = offered_here(deps, session, item)
    matter = next((one for one in matters if one.code == item), None)
    if matter is None:
        raise Invalid("item：请选择办什么事。", "copy_item")
    held = [one for one in usable if one.identifier in chosen]
    if not held or len(held) != len(set(chosen)):
        raise Invalid("licences：请先选要打印的证照。", "copy_licences")
    if len(held) > numbers.COPIES_TOGETHER_MAX:
        most = numbers.COPIES_TOGETHER_MAX
        raise Invalid(f"licences：一次最多打印 {most} 件。", "copies_together")
    usual = local_day(now) + timedelta(days=numbers.COPY_DAYS_USUAL)
    new = NewCopies(
        licences=[one.identifier for one in held],
        purpose=matter.name[: numbers.COPY_PURPOSE_MAX],
        recipient=matter.unit[: numbers.COPY_RECIPIENT_MAX],
        item=matter.code,
        recipient_unit=None,
        valid_until=min([usual, *(one.valid_until for one in held if one.valid_until)]),
        single_use=False,
    )
    body_hash = hashlib.sha256(repr(new).encode()).digest()
    of_kiosk = f"{_prefix(kiosk)}{key}-{body_hash.hex()[:16]}"
    return print_copies(deps, kiosk.principal, session.id, new, of_kiosk, body_hash, now)[0].serial


def document_here(deps: Deps, kiosk: Released, serial: str, now: datetime, *, large: bool) -> bytes:
    """The document of what this screen printed, and of nothing else. Raises NotFound, and as `copy_document`."""
    with deps.db.read() as tx:
        made = select(Copy.key).where(
            Copy.serial == serial, Copy.assistance_id == kiosk.assistance_id
        )
        key = tx.execute(made).scalar_one_or_none()
    if key is None or not key.startswith(_prefix(kiosk)):
        raise NotFound("没有找到这份加注件。")
    return copy_document(deps, kiosk.principal, serial, now, large=large, together=True)


def _prefix(kiosk: Released) -> str:
    return f"kiosk-{kiosk.id}-"
