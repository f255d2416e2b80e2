"""The JSON forms of what keeps library and business systems in step."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from wallet.licences.identifier import VERSION_MAX
from wallet.licences.in_step.force_majeure import NewReport
from wallet.licences.in_step.reconcile import KINDS, ListedLicence, Scope
from wallet.licences.in_step.reports import STATES
from wallet.licences.schemas import NUMBER_MAX, Day, Trimmed
from wallet.web.json import Instant
from wallet.web.schemas import PageQuerySchema, StrictSchema, Text

TYPES_MAX = 200
MEASURES_MAX = 20
BACKLOG_MAX = 100_000_000
STATUSES = ("valid", "suspended", "expired", "revoked")
_INSTANT: dict[str, Any] = {
    "required": "必填。",
    "null": "不能为空。",
    "invalid": "应为带时区的时间（RFC 3339）。",
    "invalid_awareness": "应为带时区的时间（RFC 3339）。",
}


class NewReportSchema(StrictSchema):
    """A unit reports force majeure."""

    started_at = fields.AwareDateTime(format="iso", required=True, error_messages=_INSTANT)
    what = Trimmed(required=True)
    types = fields.List(
        Text(max_length=64),
        required=True,
        validate=validate.Length(1, TYPES_MAX, error=f"应有 1 至 {TYPES_MAX} 个类型。"),
        metadata={"description": "the licence types that cannot be issued in time"},
    )
    measures = fields.List(
        Trimmed(),
        load_default=list,
        validate=validate.Length(max=MEASURES_MAX, error=f"最多 {MEASURES_MAX} 项。"),
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewReport:
        """The report as the journey takes it."""
        return NewReport(**data)


class MeasureSchema(StrictSchema):
    """A measure that was taken."""

    measure = Trimmed(required=True)


class ClearanceSchema(StrictSchema):
    """When the fault was cleared."""

    cleared_at = fields.AwareDateTime(format="iso", required=True, error_messages=_INSTANT)


class ClosureSchema(StrictSchema):
    """The backlog is through."""

    backlog = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, BACKLOG_MAX, error=f"应为 0 至 {BACKLOG_MAX}。"),
        metadata={"description": "how many licences and changes had waited"},
    )


class ToldMeasureSchema(Schema):
    """A measure, and when it was told."""

    at = Instant(required=True)
    measure = fields.String(required=True)


class ReportSchema(Schema):
    """A force majeure report."""

    id = fields.String(required=True)
    unit = fields.String(required=True, metadata={"description": "the unit's credit code"})
    unit_name = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    what = fields.String(required=True)
    types = fields.List(fields.String(), required=True)
    started_at = Instant(required=True)
    reported_at = Instant(required=True)
    measures = fields.List(fields.Nested(ToldMeasureSchema), required=True)
    cleared_at = Instant(allow_none=True)
    due_at = Instant(
        allow_none=True, metadata={"description": "the midnight by which the backlog is due"}
    )
    holidays_published = fields.Boolean(
        allow_none=True,
        metadata={"description": "false: reckoned without holidays, which are not announced yet"},
    )
    closed_at = Instant(allow_none=True)
    backlog = fields.Integer(allow_none=True)
    in_time = fields.Boolean(allow_none=True)


class ReportQuerySchema(PageQuerySchema):
    """Which reports."""

    state = fields.String(
        load_default=None,
        validate=validate.OneOf(STATES, error=f"应为 {'、'.join(STATES)} 之一。"),
    )


class ReportPageSchema(Schema):
    """A page of reports."""

    items = fields.List(fields.Nested(ReportSchema), required=True)
    next_cursor = fields.String(allow_none=True)


class ListedLicenceSchema(StrictSchema):
    """A line of a digest list: the newest version of a licence."""

    number = Trimmed(required=True, max_length=NUMBER_MAX)
    version = fields.Integer(
        strict=True,
        load_default=1,
        validate=validate.Range(1, VERSION_MAX, error=f"应为 1 至 {VERSION_MAX}。"),
    )
    status = fields.String(
        required=True,
        validate=validate.OneOf(STATUSES, error=f"应为 {'、'.join(STATUSES)} 之一。"),
    )
    digest = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"\A[0-9a-f]{64}\Z", error="应为 64 位小写十六进制。"),
        metadata={"description": "SHA-256 of the content, see the integrator's guide"},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> ListedLicence:
        """The line as the journey takes it."""
        return ListedLicence(**data)


class ScopeSchema(StrictSchema):
    """What a digest list holds."""

    type = Text(required=True, max_length=64)
    begins_on = Day(data_key="from", load_default=None, metadata={"description": "day of issue"})
    ends_on = Day(data_key="to", load_default=None, metadata={"description": "inclusive"})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Scope:
        """The scope as the journey takes it."""
        return Scope(**data)


class DifferenceSchema(Schema):
    """One way in which one licence differs."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    number = fields.String(required=True)
    version_here = fields.Integer(allow_none=True)
    version_there = fields.Integer(allow_none=True)
    status_here = fields.String(allow_none=True)
    status_there = fields.String(allow_none=True)


class ReconciliationSchema(Schema):
    """What a reconciliation found, and a page of the differences."""

    id = fields.String(required=True)
    type = fields.String(required=True)
    begins_on = fields.Date(data_key="from", allow_none=True)
    ends_on = fields.Date(data_key="to", allow_none=True)
    at = Instant(required=True)
    lines = fields.Integer(required=True)
    same = fields.Integer(required=True)
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "by kind of difference"},
    )
    listed = fields.Integer(
        required=True, metadata={"description": "differences that `items` tell one by one"}
    )
    items = fields.List(fields.Nested(DifferenceSchema), required=True)
    next_cursor = fields.String(allow_none=True)


class ExpectedSchema(StrictSchema):
    """How many licences of a type a unit issued in a year."""

    type = Text(required=True, max_length=64)
    period = fields.String(
        required=True,
        validate=validate.Regexp(r"\A[0-9]{4}\Z", error="应为 4 位年份。"),
        metadata={"description": "the year of issue"},
    )
    expected = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, BACKLOG_MAX, error=f"应为 0 至 {BACKLOG_MAX}。"),
    )


class CoverageSchema(Schema):
    """What should be here and what is, of a unit, a type and a year of issue."""

    unit = fields.String(required=True)
    unit_name = fields.String(required=True)
    type = fields.String(required=True)
    type_name = fields.String(required=True)
    period = fields.String(required=True)
    expected = fields.Integer(allow_none=True)
    collected = fields.Integer(required=True)
    sealed = fields.Integer(required=True)
    missing = fields.Integer(allow_none=True)
    percent = fields.Float(allow_none=True)
    source = fields.String(allow_none=True, validate=validate.OneOf(["report", "reconciliation"]))
    as_of = Instant(allow_none=True)


class CoveragePageSchema(Schema):
    """A page of coverage."""

    items = fields.List(fields.Nested(CoverageSchema), required=True)
    next_cursor = fields.String(allow_none=True)


class LateUploadSchema(Schema):
    """A licence that came in after the day it was issued on."""

    unit = fields.String(required=True)
    type = fields.String(required=True)
    identifier = fields.String(
        allow_none=True, metadata={"description": "null for who is of another unit"}
    )
    version = fields.Integer(required=True)
    issued_on = fields.Date(required=True)
    received_at = Instant(required=True)
    days = fields.Integer(required=True)
    rule = fields.String(required=True, validate=validate.OneOf(["in_step", "same_day"]))
    force_majeure = fields.String(
        allow_none=True, metadata={"description": "the report that explains it"}
    )


class LatePageSchema(Schema):
    """A page of what came in late."""

    items = fields.List(fields.Nested(LateUploadSchema), required=True)
    next_cursor = fields.String(allow_none=True)
