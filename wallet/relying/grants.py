"""What a principal may see: one condition, for verification and for everything around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import ip_network
from typing import Any, Final

from sqlalchemy import Connection, Date, Integer, and_, bindparam, exists, or_, select

from wallet.base.clock import local_day
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.periods import is_current
from wallet.catalogue.model import PLATFORM, LicenceType, UseItem, UseItemType
from wallet.organisations.model import Unit
from wallet.relying.hours import is_open
from wallet.relying.model import ClientGrant, Grant
from wallet.web.addresses import address_of
from wallet.web.principal import Principal

VERIFYING_ROLES = frozenset({"desk", "relying"})
"""Roles of staff and clients that may verify codes."""


@dataclass(frozen=True)
class GrantedType:
    """A licence type within a grant, and the keys of the fields that the item may see.

    `quota` is how many codes may be judged under the grant in a local day, None for any number;
    `look_ups_per_day` how many holders may be looked up by name and code, None where none may.
    """

    grant_id: int
    quota: int | None
    type_id: int
    code: str
    name: str
    fields: tuple[str, ...]
    look_ups_per_day: int | None = None


@dataclass(frozen=True)
class ItemGrant:
    """What a unit may do for one item; `types` is by the short number that codes carry."""

    item_id: int
    item: str
    name: str
    consent: str
    traditional_channel: str
    types: Mapping[int, GrantedType]

    @property
    def asks(self) -> bool:
        """Whether the holder must agree before a field is given."""
        return self.consent != "none"


_CLIENT: Final = bindparam("client", type_=Integer())
_BOUND: Final = exists().where(ClientGrant.client_id == _CLIENT, ClientGrant.grant_id == Grant.id)


def client_of(account: str) -> int | None:
    """The id of the machine client that an account is, None for people: they work under every grant of their unit."""
    kind, _, id = account.partition(":")
    return int(id) if kind == "client" else None


def granted(*columns: Any) -> AnySelect:
    """Select these of every grant that stands, with its item and its licence type.

    A grant stands no longer than its item (O-12), nor for a type that the item has given up. Bound by name: `unit`, `client` as
    `client_of` gives it, and `today`, the local day.
    """
    return held(*columns).where(
        Grant.suspended_at.is_(None),
        is_current(Grant.starts_on, Grant.ends_on, bindparam("today", type_=Date())),
    )


def held(*columns: Any) -> AnySelect:
    """As `granted`, of every grant: suspended, ended and still to come as well."""
    return (
        select(*columns)
        .select_from(Grant)
        .join(UseItem, UseItem.id == Grant.item_id)
        .join(LicenceType, LicenceType.id == Grant.type_id)
        .join(
            UseItemType,
            and_(UseItemType.item_id == Grant.item_id, UseItemType.type_id == Grant.type_id),
        )
        .join(Unit, Unit.id == Grant.unit_id)
        .where(
            Grant.unit_id == bindparam("unit"),
            or_(_CLIENT.is_(None), _BOUND),
            Unit.closed_at.is_(None),
            UseItem.withdrawn_at.is_(None),
        )
    )


_GRANT: Final = granted(
    UseItem.id.label("item_id"), UseItem.name, UseItem.consent,
    UseItem.traditional_channel, LicenceType.id.label("type_id"), LicenceType.code,
    LicenceType.name.label("type_name"), LicenceType.short_number, Grant.fields,
    Grant.id.label("grant_id"), Grant.quota_per_day, Grant.look_ups_per_day, Grant.networks, Grant.opens, Grant.closes, UseItemType.fields.label("necessary"),
).where(UseItem.code == bindparam("item"))  # fmt: skip
_VERIFYING: Final = _GRANT.where(UseItem.scene != PLATFORM)
_CHECKING: Final = _GRANT.where(UseItem.scene == PLATFORM)
_ITEMS: Final = granted(UseItem.code).where(UseItem.scene != PLATFORM).order_by(UseItem.id)


def within(given: Sequence[str], necessary: Sequence[str]) -> tuple[str, ...]:
    """The fields of a grant that its item needs: neither widens the other."""
    return tuple(key for key in given if key in necessary)


def admits(networks: Sequence[str] | None, address: str | None) -> bool:
    """Whether a request from this address may be made under a grant for these networks."""
    if networks is None:
        return True
    asking = address_of(address)
    return asking is not None and any(asking in ip_network(network) for network in networks)


def grant_for(
    deps: Deps,
    principal: Principal,
    item: str,
    at: datetime,
    address: str | None,
    *,
    lists: bool = False,
) -> ItemGrant | None:
    """What this principal may do for an item at that time from that address, None when it is nothing.

    With `lists`, for checking lists of merchants; else with codes. No item is for both.
    """
    query = _CHECKING if lists else _VERIFYING
    rows = deps.db.rows(query, item=item, today=local_day(at), **bound_to(principal))
    return _grant(
        item,
        [
            row
            for row in rows
            if admits(row.networks, address) and is_open(row.opens, row.closes, at)
        ],
    )


def grant_within(
    tx: Connection, unit_id: int, account: str, item: str, today: date, *, lists: bool = False
) -> ItemGrant | None:
    """As `grant_for` of an account of a unit, in the caller's transaction, from wherever and at whichever hour it asked."""
    values = {"unit": unit_id, "client": client_of(account), "item": item, "today": today}
    return _grant(item, tx.execute(_CHECKING if lists else _VERIFYING, values).all())


def bound_to(principal: Principal) -> dict[str, int | None]:
    """The values of `granted` that say who asks."""
    return {"unit": principal.unit_id, "client": client_of(principal.account)}


def _grant(item: str, rows: Sequence[AnyRow]) -> ItemGrant | None:
    if not rows:
        return None
    return ItemGrant(
        item_id=rows[0].item_id,
        item=item,
        name=rows[0].name,
        consent=rows[0].consent,
        traditional_channel=rows[0].traditional_channel,
        types={
            row.short_number: GrantedType(
                row.grant_id,
                row.quota_per_day,
                row.type_id,
                row.code,
                row.type_name,
                within(row.fields, row.necessary),
                row.look_ups_per_day,
            )
            for row in rows
        },
    )


def items_of(deps: Deps, principal: Principal, today: date) -> list[str]:
    """Codes of the items that this account may verify for."""
    if not principal.roles & VERIFYING_ROLES:
        return []
    rows = deps.db.rows(_ITEMS, today=today, **bound_to(principal))
    return list(dict.fromkeys(row.code for row in rows))
