"""The JSON forms of applications, their proofs, filings, and the right to approve."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from wallet import numbers
from wallet.catalogue.basis.schemas import Day
from wallet.relying.onboarding.content import AskedContentSchema
from wallet.relying.onboarding.sight import STATES, WAITING
from wallet.web.json import Instant
from wallet.web.schemas import PageQuerySchema, StrictSchema, Text


def _one_of(*choices: str) -> validate.OneOf:
    return validate.OneOf(choices, error=f"应为 {'、'.join(choices)} 之一。")


class ApplicationQuerySchema(PageQuerySchema):
    """Which applications; without `state` those that wait for the managing unit."""

    state = fields.List(fields.String(validate=_one_of(*STATES)), load_default=list(WAITING))


class NewApplicationSchema(StrictSchema):
    """What is asked for, for an item by its code."""

    item = Text(required=True, max_length=64)
    content = fields.Dict(required=True, metadata={"description": "as `AskedContent`"})


class ApplicationContentSchema(StrictSchema):
    """What is asked for."""

    content = fields.Dict(required=True, metadata={"description": "as `AskedContent`"})


def _reason() -> Text:
    return Text(load_default="", min_length=0, max_length=numbers.APPLICATION_REASON_MAX)


class _DecisionSchema(StrictSchema):
    seen = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        metadata={"description": "how many steps it had when it was read: with more it is refused"},
    )


class ApplicationReviewSchema(_DecisionSchema):
    """Pass it, return it for mending, or reject it for good; the latter two with a reason."""

    decision = fields.String(required=True, validate=_one_of("pass", "return", "reject"))
    reason = _reason()


class ApprovalSchema(_DecisionSchema):
    """The same by the second person."""

    decision = fields.String(required=True, validate=_one_of("approve", "return", "reject"))
    reason = _reason()


class NewFilingSchema(_DecisionSchema):
    """How the data are kept safe."""

    measures = Text(required=True, max_length=numbers.FILING_MEASURES_MAX)


class FilingAnswerSchema(StrictSchema):
    """What the unit above says of it."""

    answer = fields.String(required=True, validate=_one_of("noted", "objected"))
    reason = _reason()


class ProofQuerySchema(StrictSchema):
    """The name of the file in the body."""

    name = Text(load_default="", min_length=0, max_length=200)


class ProofSchema(Schema):
    """A file of an application."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "bytes"})


class NewProofSchema(Schema):
    """The id of a file that was taken in."""

    id = fields.String(required=True)


class ApplicationStepSchema(Schema):
    """One step of an application."""

    act = fields.String(required=True)
    account = fields.String(required=True)
    unit_name = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    at = Instant(required=True)


class FilingSchema(Schema):
    """The filing of a social scenario."""

    number = fields.String(required=True)
    unit_name = fields.String(required=True)
    with_unit_name = fields.String(required=True)
    measures = fields.String(required=True)
    filed_at = Instant(required=True)
    answer = fields.String(required=True, allow_none=True)
    answered_at = Instant(required=True, allow_none=True)


class ApplicationBriefSchema(Schema):
    """An application in a list."""

    id = fields.String(required=True)
    unit = fields.String(required=True)
    unit_name = fields.String(required=True)
    item = fields.String(required=True)
    item_name = fields.String(required=True)
    scene = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    changed_at = Instant(required=True)
    decider = fields.String(
        required=True, allow_none=True, metadata={"description": "code of the unit that decides"}
    )
    decidable = fields.Boolean(required=True)


class ApplicationSchema(ApplicationBriefSchema):
    """A whole application."""

    content = fields.Nested(AskedContentSchema, required=True)
    steps = fields.List(fields.Nested(ApplicationStepSchema), required=True)
    proofs = fields.List(fields.Nested(ProofSchema), required=True)
    filing = fields.Nested(FilingSchema, required=True, allow_none=True)


class ApplicationPageSchema(Schema):
    """A page of applications."""

    items = fields.List(fields.Nested(ApplicationBriefSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class NewRightSchema(StrictSchema):
    """Until when, null without an end."""

    ends_on = Day(load_default=None, allow_none=True)


class RightSchema(Schema):
    """Whether a managing unit below decides on social scenarios."""

    unit = fields.String(required=True)
    unit_name = fields.String(required=True)
    starts_on = fields.Date(required=True, allow_none=True)
    ends_on = fields.Date(required=True, allow_none=True)
    open = fields.Boolean(required=True)


class RightPageSchema(Schema):
    """All of them."""

    items = fields.List(fields.Nested(RightSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
