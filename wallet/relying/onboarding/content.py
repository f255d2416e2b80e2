"""What an application asks for, held against its item: never more than the item needs, never without an end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from ipaddress import ip_network
from typing import Any, Final

from marshmallow import ValidationError, fields, validate
from sqlalchemy import Connection, select

from wallet import numbers
from wallet.base.clock import read_day
from wallet.base.database import AnyRow
from wallet.base.periods import is_current
from wallet.catalogue.basis.schemas import Day
from wallet.catalogue.model import LicenceType, UseItem
from wallet.catalogue.use_list.materials import fields_of
from wallet.errors import Invalid, NotFound
from wallet.relying.model import Grant
from wallet.web.problems import flatten_messages
from wallet.web.schemas import StrictSchema, Text, Truth


class AskedTypeSchema(StrictSchema):
    """A licence type with the keys of the fields that are asked for."""

    type = Text(required=True, max_length=64)
    fields_ = fields.List(
        Text(max_length=64),
        required=True,
        data_key="fields",
        attribute="fields",
        validate=validate.Length(min=1, max=200, error="请至少选一项信息。"),
    )


class Network(fields.Field[str]):
    """A network as CIDR, given back in its shortest form."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        try:
            if (
                not isinstance(value, str) or "%" in value
            ):  # the zone of an IPv6 address is any text
                raise ValueError(value)
            return str(ip_network(value))
        except ValueError:
            raise ValidationError("应为网段，如 203.0.113.0/24。") from None


class Hour(fields.Field[str]):
    """An hour as HH:MM."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        hour: time | None
        try:
            hour = time.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            hour = None
        if hour is None or hour.isoformat("minutes") != value:
            raise ValidationError("应为时刻，如 08:30。")
        return str(value)


class AskedContentSchema(StrictSchema):
    """What is asked for: `starts_on` None is the day on which it is granted; `networks` and `quota_per_day` None
    are any; `opens` and `closes` (HH:MM in Shanghai), both or neither, are the hours of each day; `no_secrets` that nothing of it is a state secret 涉密 (O-2, M-2)."""

    types = fields.List(
        fields.Nested(AskedTypeSchema),
        required=True,
        validate=validate.Length(
            min=1, max=numbers.MATERIAL_TYPES_MAX, error="请至少选一种证照的一项信息。"
        ),
    )
    reason = Text(required=True, max_length=numbers.APPLICATION_REASON_MAX)
    starts_on = Day(load_default=None, allow_none=True)
    ends_on = Day(required=True)
    quota_per_day = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(
            min=1, max=numbers.GRANT_QUOTA_MAX, error=f"应为 1 至 {numbers.GRANT_QUOTA_MAX}。"
        ),
    )
    networks = fields.List(
        Network(),
        load_default=None,
        allow_none=True,
        validate=validate.Length(
            min=1,
            max=numbers.GRANT_NETWORKS_MAX,
            error=f"应为 1 至 {numbers.GRANT_NETWORKS_MAX} 个。",
        ),
    )
    opens = Hour(load_default=None, allow_none=True)
    closes = Hour(load_default=None, allow_none=True)
    no_secrets = Truth(required=True)


GOVERNMENT: Final = "government"
"""The scene of items that are granted with their approval; those of companies and platforms are filed first."""
_SCHEMA: Final = AskedContentSchema()


def item_to_use(tx: Connection, unit: AnyRow, code: str) -> AnyRow:
    """The row of an item that a unit may apply for: a public body for any government item 政务, a company for its
    own: social ones 社会化, a platform those of merchant checks 平台核验. Raises NotFound."""
    found = None
    if code.isprintable():  # a database may refuse to look for another
        found = tx.execute(
            select(UseItem).where(UseItem.code == code, UseItem.withdrawn_at.is_(None))
        ).one_or_none()
    if found is None or not _may_use(unit, found):
        raise NotFound("没有本单位可以申请的这个事项，请先在用证事项清单中起草。")
    return found


def _may_use(unit: AnyRow, item: AnyRow) -> bool:
    if item.scene == GOVERNMENT:
        return "relying" in unit.kinds
    return bool(item.unit_id == unit.id)


def checked_content(
    tx: Connection, unit: AnyRow, item: AnyRow, given: Mapping[str, Any], today: date
) -> dict[str, Any]:
    """What is asked for as it is kept (days as YYYY-MM-DD), held against every rule.

    Raises Invalid (`invalid_application`) with the sentences by path.
    """
    try:
        content: dict[str, Any] = _SCHEMA.load(dict(given))
    except ValidationError as error:
        raise _invalid(flatten_messages(error.messages)) from None
    errors = _of_item(item, content) | _of_days(content, today)
    if (content["opens"] is None) != (content["closes"] is None):
        errors["closes"] = ["每日时段的起止要么都填，要么都不填。"]
    if (
        content["starts_on"]
        and content["starts_on"] > today
        and _has(tx, unit, item, content, today)
    ):
        # Its row is replaced: until that day the party would be without what it has now.
        errors["starts_on"] = ["这一事项已有授权，续期从批准之日起，请不填。"]
    if not content["no_secrets"]:
        errors["no_secrets"] = ["涉及国家秘密的不能用证，请确认不涉密。"]
    if errors:
        raise _invalid(errors)
    for name in ("starts_on", "ends_on"):
        content[name] = content[name].isoformat() if content[name] else None
    return content


def hour_of(text: str | None) -> time | None:
    """An hour of a content that was checked, HH:MM, as a grant has it."""
    return None if text is None else time.fromisoformat(text)


def check_again(
    tx: Connection, unit: AnyRow, code: str, content: Mapping[str, Any], today: date
) -> None:
    """Hold what was kept earlier against the rules of today; a first day that has passed meanwhile is today.

    Raises Invalid (`invalid_application`), also where the item is no longer the unit's to use.
    """
    try:
        item = item_to_use(tx, unit, code)
    except NotFound:
        raise _invalid({"item": ["这一事项已撤下，或申请单位不能再用。"]}) from None
    starts_on = first_day(content, today).isoformat() if content["starts_on"] else None
    checked_content(tx, unit, item, {**content, "starts_on": starts_on}, today)


def first_day(content: Mapping[str, Any], today: date) -> date:
    """The first day of what is granted today for this content."""
    return max(today, read_day(content["starts_on"])) if content["starts_on"] else today


def _has(
    tx: Connection, unit: AnyRow, item: AnyRow, content: Mapping[str, Any], today: date
) -> bool:
    """Whether a unit has a grant today for any of the types that are asked for."""
    asked = [one["type"] for one in content["types"]]
    found = tx.execute(
        select(Grant.id)
        .join(LicenceType, LicenceType.id == Grant.type_id)
        .where(
            Grant.unit_id == unit.id,
            Grant.item_id == item.id,
            LicenceType.code.in_(asked),
            is_current(Grant.starts_on, Grant.ends_on, today),
        )
        .limit(1)
    )
    return found.first() is not None


def _of_item(item: AnyRow, content: dict[str, Any]) -> dict[str, list[str]]:
    necessary = fields_of(item.materials)
    errors: dict[str, list[str]] = {}
    seen: set[str] = set()
    for at, one in enumerate(content["types"]):
        if one["type"] not in necessary or one["type"] in seen:
            errors[f"types.{at}.type"] = ["这一事项不需要这种证照，或写了两次。"]
            continue
        seen.add(one["type"])
        if beyond := [key for key in one["fields"] if key not in necessary[one["type"]]]:
            errors[f"types.{at}.fields"] = [
                f"这一事项不需要这些信息：{'、'.join(beyond)}，请只选必要的。"
            ]
        one["fields"] = [key for key in necessary[one["type"]] if key in one["fields"]]
    return errors


def _of_days(content: Mapping[str, Any], today: date) -> dict[str, list[str]]:
    starts_on, ends_on = content["starts_on"] or today, content["ends_on"]
    if not today <= starts_on <= today + timedelta(days=numbers.GRANT_AHEAD_DAYS):
        return {"starts_on": [f"应为今天起 {numbers.GRANT_AHEAD_DAYS} 天之内。"]}
    if not starts_on <= ends_on <= starts_on + timedelta(days=numbers.GRANT_DAYS_MAX - 1):
        return {
            "ends_on": [f"应不早于起始日，最长 {numbers.GRANT_DAYS_MAX} 天，到期前可申请续期。"]
        }
    return {}


def _invalid(errors: dict[str, list[str]]) -> Invalid:
    path, sentences = next(iter(errors.items()))
    return Invalid(
        f"{path}：{sentences[0]}" if path else sentences[0], "invalid_application", errors
    )
