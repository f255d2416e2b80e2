"""To whom something is made out: a person by name and code, who need not have an account yet.

Both must be right, and nobody is told which was wrong, nor whether there is such a person: whoever
made it out sees that it waits, and whoever signs in with that code under that name finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, select, tuple_
from sqlalchemy.orm import Mapped

from wallet.base.encryption import Vault
from wallet.catalogue.masking import mask_middle
from wallet.holders.codes import normalise_holder_code
from wallet.holders.model import HOLDER_CODE, HOLDER_NAME, Account, Holder
from wallet.holders.names import normalise_name
from wallet.web.principal import Principal

ADDRESSEE_NAME: Final = "addressees.name"
ADDRESSEE_CODE: Final = "addressees.code"
"""Contexts under which name and masked code are sealed, and the name is indexed."""


class Addressed:
    """Columns of a row that is made out to a person. Of the code only what is left under the mask is
    kept, for who made it out; `code_index` is that of `Holder`."""

    code_type: Mapped[str]
    code_index: Mapped[bytes]
    name_index: Mapped[bytes]
    name_sealed: Mapped[bytes]
    code_masked_sealed: Mapped[bytes]


@dataclass(frozen=True)
class Addressee:
    """A person as whoever makes something out to them names them; `code` is normalised."""

    code_type: str
    code: str
    name: str

    def columns(self, vault: Vault) -> dict[str, Any]:
        """The values of `Addressed`."""
        return {
            "code_type": self.code_type,
            "code_index": vault.index(self.code, f"{HOLDER_CODE} {self.code_type}"),
            "name_index": _name_index(vault, self.name),
            "name_sealed": vault.seal(self.name, ADDRESSEE_NAME),
            "code_masked_sealed": vault.seal(mask_middle(self.code), ADDRESSEE_CODE),
        }


def addressee(code_type: str, code: str, name: str, today: date) -> Addressee:
    """A natural person by code and name; raises Invalid (`holder_code_type`, `holder_code`)."""
    return Addressee(
        code_type, normalise_holder_code("person", code_type, code, today), name.strip()
    )


def is_for(table: type[Addressed], vault: Vault, principal: Principal) -> ColumnElement[bool]:
    """Condition: the row is made out to the person of this account, by code and by name."""
    person = select(Holder.code_type, Holder.code_index).where(Holder.id == principal.holder_id)
    return and_(
        tuple_(table.code_type, table.code_index).in_(person),
        table.name_index == _name_index(vault, principal.name),
    )


def person_of(tx: Connection, vault: Vault, row: Any) -> int | None:
    """The holder to whom a row with the columns of `Addressed` is made out, where they have an
    account; None else, and where the name is another."""
    found = tx.execute(
        select(Holder.id, Holder.name_sealed)
        .join(Account, Account.holder_id == Holder.id)
        .where(Holder.code_type == row.code_type, Holder.code_index == row.code_index)
    ).one_or_none()
    if found is None:
        return None
    name = vault.open(found.name_sealed, HOLDER_NAME)
    return found.id if _name_index(vault, name) == row.name_index else None


def _name_index(vault: Vault, name: str) -> bytes:
    return vault.index(normalise_name(name), ADDRESSEE_NAME)
