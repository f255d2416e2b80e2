"""Which account a citizen's identity provider means: that of the verified ID number.

The number alone decides. A person whose licences came in before the first sign-in finds them, since
holders are kept by their numbers whoever told of them first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from marshmallow import ValidationError
from sqlalchemy import Connection, select, update

from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import insert_if_new
from wallet.base.deps import Deps
from wallet.config import CitizenClaims
from wallet.errors import Invalid
from wallet.holders.age import shows_alone
from wallet.holders.codes import CODE_TYPE_NAMES, RESIDENT_ID, normalise_holder_code
from wallet.holders.find import find_holder, find_or_add_holder
from wallet.holders.model import HOLDER_NAME, Account, Holder
from wallet.holders.names import normalise_name
from wallet.web.oidc.claims import as_text, claim
from wallet.web.oidc.exchange import Answer
from wallet.web.oidc.finish import Found, Refusal
from wallet.web.schemas import check_line

_CODE_MAX: Final = 64


@dataclass(frozen=True)
class Citizen:
    """A natural person by verified number, in its normal form; `name` is empty where it is not told."""

    code_type: str
    code: str
    name: str


def find_citizen(
    tx: Connection, answer: Answer, *, deps: Deps, now: datetime, add: bool
) -> Found | Refusal:
    """The account that an answer means. With `add` a first sign-in opens one.

    The account takes the verified name where the library had another: whoever is named so has
    proved it, and each licence keeps the name that it was issued with.
    """
    citizen = read_citizen(answer, deps.config.citizen_claims, now)
    if not isinstance(citizen, Citizen):
        return citizen
    if not shows_alone(citizen.code_type, citizen.code, local_day(now)):
        return "under_14"
    known = find_holder(tx, deps.vault, citizen.code_type, citizen.code)
    if known is None and not add:
        return "other_person"
    if known is None and not citizen.name:
        return "name_missing"
    holder_id = known.id if known is not None else _add(tx, deps, citizen)
    account = open_account(tx, holder_id, now)
    if known is not None and citizen.name:
        before = deps.vault.open(known.name_sealed, HOLDER_NAME)
        if normalise_name(before) != normalise_name(citizen.name):
            renamed = deps.vault.seal(citizen.name, HOLDER_NAME)
            tx.execute(update(Holder).where(Holder.id == holder_id).values(name_sealed=renamed))
            audit.record(tx, "account.renamed", now, account=account, holder_id=holder_id)
    return Found(account)


def read_citizen(answer: Answer, names: CitizenClaims, now: datetime) -> Citizen | Refusal:
    """Who an answer says it is, if it is a natural person and the number is verified."""
    code = as_text(claim(answer.claims, names.code)).strip()
    if not code:
        return "number_missing"
    if as_text(claim(answer.claims, names.verified)) not in names.verified_values:
        return "number_unverified"
    kind = as_text(claim(answer.claims, names.code_type)) or RESIDENT_ID
    try:
        code_type = CODE_TYPE_NAMES.get(kind, kind)
        normal = normalise_holder_code("person", code_type, code, local_day(now))
    except Invalid:
        return "number_unusable"
    return Citizen(code_type, normal, _readable_name(claim(answer.claims, names.name)))


def _readable_name(name: Any) -> str:
    name = as_text(name).strip()
    try:
        check_line(name)
    except ValidationError:
        return ""
    return name if len(name) <= numbers.TEXT_FIELD_MAX else ""


def _add(tx: Connection, deps: Deps, citizen: Citizen) -> int:
    return find_or_add_holder(
        tx,
        deps.vault,
        kind="person",
        code_type=citizen.code_type,
        code=citizen.code,
        name=citizen.name,
    )


def open_account(tx: Connection, holder_id: int, now: datetime) -> int:
    """The account of a natural person, by holder id; a new one where there is none."""
    opened = insert_if_new(tx, Account, login=None, holder_id=holder_id, frozen_at=None)
    account = tx.execute(select(Account.id).where(Account.holder_id == holder_id)).scalar_one()
    if opened:
        audit.record(tx, "account.opened", now, account=account, holder_id=holder_id)
    return account
