"""Sign the code of an annotated copy, and read it back as a desk will."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from verify import codes
from verify.codes import PAPER, PaperCode
from wallet.base.clock import SHANGHAI
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType
from wallet.holders.model import HOLDER_NAME, Holder
from wallet.holders.names import masked_name
from wallet.licences.model import Licence, StatusEntry


def sign_copy(deps: Deps, copy: AnyRow) -> str:
    """The text of a copy's code, of the time when it was stored, read back as a desk would have read it then."""
    printed_at = copy.printed_at.timestamp()
    with deps.db.read() as tx:
        places = {
            row.copy_id: row.index
            for row in tx.execute(
                select(StatusEntry.index, StatusEntry.copy_id).where(
                    (StatusEntry.licence_id == copy.licence_id) | (StatusEntry.copy_id == copy.id)
                )
            )
        }
        more = tx.execute(
            select(LicenceType.short_number)
            .join(Licence, Licence.type_id == LicenceType.id)
            .where(Licence.id == copy.licence_id)
        ).one()
        holder = tx.execute(select(Holder).where(Holder.id == copy.holder_id)).one()
    end = datetime.combine(copy.ends_on + timedelta(days=1), datetime.min.time(), SHANGHAI)
    claims: dict[str, Any] = {
        "iss": deps.keys.issuer,
        "jti": copy.serial,
        "iat": int(printed_at),
        "end": int(end.timestamp()),
        "t": more.short_number,
        "l": places[None],
        "c": places[copy.id],
    }
    if holder.kind == "person":
        claims["n"] = masked_name(deps.vault.open(holder.name_sealed, HOLDER_NAME), holder.kind)
    if copy.item_id is not None:
        claims["i"] = copy.item_id
    if copy.recipient_unit_id is not None:
        claims["u"] = copy.recipient_unit_id
    text = f"{deps.config.public_url}/v#{codes.encode(PAPER, claims, deps.keys.current)}"
    code = codes.read(text, deps.keys.public, printed_at)
    if not isinstance(code, PaperCode) or code.jti != copy.serial:
        raise RuntimeError("the copy just signed does not read back")
    return text
