"""Find a holder by code, or take a new one into the library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select, tuple_

from wallet.base.database import AnyRow, insert_all_new
from wallet.base.encryption import Vault
from wallet.holders.model import HOLDER_CODE, HOLDER_NAME, Holder


@dataclass(frozen=True)
class NamedHolder:
    """A holder with its normalised code, and the name that it gets where it is new."""

    kind: str
    code_type: str
    code: str
    name: str


def find_holder(tx: Connection, vault: Vault, code_type: str, code: str) -> AnyRow | None:
    """`id` and `name_sealed` of the holder with this normalised code, None where there is none."""
    return tx.execute(
        select(Holder.id, Holder.name_sealed).where(
            Holder.code_type == code_type,
            Holder.code_index == vault.index(code, f"{HOLDER_CODE} {code_type}"),
        )
    ).one_or_none()


def find_or_add_holder(
    tx: Connection, vault: Vault, *, kind: str, code_type: str, code: str, name: str
) -> int:
    """The id of the holder with this normalised code; a new one gets this name."""
    found = find_or_add_holders(tx, vault, [NamedHolder(kind, code_type, code, name)])
    return found[code_type, code]


def find_or_add_holders(
    tx: Connection, vault: Vault, holders: Iterable[NamedHolder]
) -> dict[tuple[str, str], int]:
    """The ids of these holders by (code_type, code); of two with one code the first names it."""
    # Always in the same order, so that two transactions with the same holders do not wait in a ring.
    wanted = {
        (holder.code_type, vault.index(holder.code, f"{HOLDER_CODE} {holder.code_type}")): holder
        for holder in reversed(list(holders))
    }
    ids = _ids(tx, list(wanted))
    insert_all_new(
        tx,
        Holder,
        [
            {
                "kind": holder.kind,
                "code_type": holder.code_type,
                "code_index": index,
                "code_sealed": vault.seal(holder.code, HOLDER_CODE),
                "name_sealed": vault.seal(holder.name, HOLDER_NAME),
            }
            for (code_type, index), holder in sorted(wanted.items(), key=lambda item: item[0])
            if (code_type, index) not in ids
        ],
        Holder.id,
    )
    if missing := wanted.keys() - ids.keys():
        ids |= _ids(tx, list(missing))
    return {(wanted[key].code_type, wanted[key].code): found for key, found in ids.items()}


def _ids(tx: Connection, keys: list[tuple[str, bytes]]) -> dict[tuple[str, bytes], int]:
    rows = tx.execute(
        select(Holder.code_type, Holder.code_index, Holder.id).where(
            tuple_(Holder.code_type, Holder.code_index).in_(keys)
        )
    )
    return {(row.code_type, row.code_index): row.id for row in rows}
