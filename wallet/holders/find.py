"""Find a holder by code, or take a new one into the library."""

from __future__ import annotations

from sqlalchemy import Connection, select

from wallet.base.database import insert_if_new
from wallet.base.encryption import Vault
from wallet.holders.model import HOLDER_CODE, HOLDER_NAME, Holder


def find_or_add_holder(
    tx: Connection, vault: Vault, *, kind: str, code_type: str, code: str, name: str
) -> int:
    """The id of the holder with this normalised code; a new one gets this name."""
    index = vault.index(code, f"{HOLDER_CODE} {code_type}")
    insert_if_new(
        tx,
        Holder,
        kind=kind,
        code_type=code_type,
        code_index=index,
        code_sealed=vault.seal(code, HOLDER_CODE),
        name_sealed=vault.seal(name, HOLDER_NAME),
    )
    return tx.execute(
        select(Holder.id).where(Holder.code_type == code_type, Holder.code_index == index)
    ).scalar_one()
