"""The JSON forms of licences."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from wallet.base.clock import read_day
from wallet.catalogue.secrecy import UNCLASSIFIED
from wallet.licences.check import NewHolder, NewLicence
from wallet.licences.identifier import VERSION_MAX
from wallet.licences.status.change import NewStatus
from wallet.licences.status.transitions import ALLOWED
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema, Text, check_line

HOLDERS_MAX = 20
NUMBER_MAX = 100
NAME_MAX = 200
IDENTIFIER_MAX = 128
_REQUIRED: dict[str, Any] = {"required": "必填。", "null": "不能为空。"}


class Day(fields.Field[date]):
    """A day as YYYY-MM-DD and nothing else."""

    default_error_messages = {**_REQUIRED, "invalid": "应为 YYYY-MM-DD 的日期。"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        try:
            return read_day(value)
        except ValueError:
            raise self.make_error("invalid") from None


class Trimmed(Text):
    """A line of text without the spaces around it, which is never all there is."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        line = str(super()._deserialize(value, attr, data, **kwargs))
        check_line(line)
        return line.strip()


class NewHolderSchema(StrictSchema):
    """A holder as the issuer names it."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(["person", "organisation"], error="应为 person 或 organisation。"),
    )
    code_type = Text(required=True, max_length=3)
    code = Text(required=True, max_length=64)
    name = Trimmed(required=True, max_length=NAME_MAX)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewHolder:
        """The holder as the journey takes it."""
        return NewHolder(**data)


class NewLicenceSchema(StrictSchema):
    """A licence as the issuer's system sends it."""

    type = Text(required=True, max_length=64)
    number = Trimmed(required=True, max_length=NUMBER_MAX)
    version = fields.Integer(
        strict=True,
        load_default=None,
        validate=validate.Range(1, VERSION_MAX, error=f"应为 1 至 {VERSION_MAX}。"),
    )
    identifier = Text(load_default=None, max_length=IDENTIFIER_MAX)
    holders = fields.List(
        fields.Nested(NewHolderSchema),
        required=True,
        validate=validate.Length(1, HOLDERS_MAX, error=f"应有 1 至 {HOLDERS_MAX} 个持证主体。"),
        error_messages=_REQUIRED,
    )
    issued_on = Day(required=True)
    valid_from = Day(required=True)
    valid_until = Day(required=True, allow_none=True)
    area_code = fields.String(
        required=True,
        validate=validate.Regexp(r"\A[0-9]{6}\Z", error="应为 6 位行政区划代码。"),
        error_messages=_REQUIRED,
    )
    fields_ = fields.Dict(
        keys=fields.String(),
        required=True,
        data_key="fields",
        attribute="fields",
        error_messages={**_REQUIRED, "invalid": "应为一个对象。"},
    )
    secrecy = Text(
        load_default=UNCLASSIFIED,
        max_length=64,
        metadata={"description": "a level of secrecy; anything but `none` is refused"},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewLicence:
        """The licence as the journey takes it."""
        return NewLicence(**data)


class NewStatusSchema(StrictSchema):
    """What an issuing unit has decided on a licence, and why."""

    status = fields.String(
        required=True,
        validate=validate.OneOf(
            ["valid", "suspended", "revoked"], error="应为 valid、suspended 或 revoked。"
        ),
    )
    code = Text(
        required=True,
        max_length=64,
        metadata={"description": "a status code of the type that means that status"},
    )
    reason = Trimmed(required=True)
    basis = Trimmed(
        required=True, metadata={"description": "law and article, or the decision's number"}
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewStatus:
        """The decision as the journey takes it."""
        return NewStatus(**data)


class IdempotencyHeaderSchema(StrictSchema):
    """The `Idempotency-Key` of a request that must happen once."""

    key = fields.String(
        required=True,
        data_key="Idempotency-Key",
        validate=validate.Regexp(r"\A[\x21-\x7e]{1,128}\Z", error="应为 1 至 128 个可见字符。"),
        error_messages={"required": "请带上 Idempotency-Key 请求头。"},
    )


class IssuedLicenceSchema(Schema):
    """The answer to the issuer."""

    identifier = fields.String(required=True)
    status = fields.String(required=True, metadata={"enum": ["valid", "pending"]})
    version = fields.Integer(required=True)
    type = fields.String(required=True)
    number = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)


class ChangedStatusSchema(Schema):
    """How the licence stands from now on."""

    identifier = fields.String(required=True)
    status = fields.String(
        required=True,
        metadata={"enum": ["valid", "suspended", "expired", "revoked", "not_yet_valid"]},
    )
    code = fields.String(required=True)
    act = fields.String(required=True, metadata={"enum": sorted(ALLOWED)})
    version = fields.Integer(required=True)
    changed_at = Instant(required=True)


class TypeNameSchema(Schema):
    """Code and name of a licence type."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String()
    name_mn = fields.String(allow_none=True)


class TrustBundleSchema(Schema):
    """Keys, status lists and names of types, as of a moment."""

    iss = fields.String(required=True, metadata={"description": "area code of the library"})
    as_of = fields.AwareDateTime(required=True)
    keys = fields.List(fields.Dict(), required=True, metadata={"description": "JWKs"})
    lists = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "number → status list token"},
    )
    types = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "short number → name of the licence type"},
    )


class BatchQuerySchema(StrictSchema):
    """Which licences a file holds."""

    type = Text(load_default=None, max_length=64)
    stock = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        load_default=False,
        error_messages={"invalid": "应为 true 或 false。"},
        metadata={"description": "true for stock 存量, which is not late"},
    )


class BatchSchema(Schema):
    """How far a batch is; done are the lines stored and those failed."""

    id = fields.String(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["waiting", "running", "done", "failed"])
    )
    total = fields.Integer(allow_none=True, metadata={"description": "about, until it is done"})
    done = fields.Integer(required=True)
    stored = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    error_slug = fields.String(allow_none=True)
    error_detail = fields.String(allow_none=True)


class LineFaultSchema(Schema):
    """What is wrong with a line."""

    line = fields.Integer(required=True)
    column = fields.String(allow_none=True)
    field = fields.String(allow_none=True)
    slug = fields.String(required=True)
    detail = fields.String(required=True)


class BatchPageSchema(BatchSchema):
    """How far a batch is, and a page of what is wrong with its lines."""

    items = fields.List(fields.Nested(LineFaultSchema), required=True)
    next_cursor = fields.String(allow_none=True)
