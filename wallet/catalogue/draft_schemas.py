"""The JSON forms of drafts."""

from __future__ import annotations

from marshmallow import Schema, fields

from wallet.catalogue.content import ContentSchema, one_of
from wallet.catalogue.drafts import OPEN
from wallet.web.json import Instant
from wallet.web.schemas import PageQuerySchema, StrictSchema, Text

STATES = (*OPEN, "published", "replaced", "withdrawn")


class DraftContentSchema(StrictSchema):
    """The whole content of a draft."""

    content = fields.Nested(ContentSchema, required=True)


class NewDraftSchema(DraftContentSchema):
    """A draft of a type, by the code that it has or gets."""

    code = Text(required=True, max_length=64)


class DraftReviewSchema(StrictSchema):
    """What the managing unit decided on a submitted draft."""

    decision = one_of(("pass", "return"))
    reason = Text(load_default="", min_length=0)


class DraftQuerySchema(PageQuerySchema):
    """Drafts in one state; those not yet published where none is named."""

    state = one_of(STATES, load_default=None, allow_none=True)


class StepSchema(Schema):
    """One step of a version: who, when, why."""

    act = fields.String(
        required=True,
        metadata={
            "enum": [
                "written",
                "submitted",
                "returned",
                "reviewed",
                "scheduled",
                "published",
                "withdrawn",
            ]
        },
    )
    account = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    at = Instant(required=True)


class DraftEntrySchema(Schema):
    """A version of an entry in a list."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    unit = fields.String(required=True)
    name = fields.String(required=True)
    changed_at = Instant(required=True)


class DraftSchema(DraftEntrySchema):
    """A version of an entry with its content and its steps."""

    content = fields.Nested(ContentSchema, required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)


class DraftPageSchema(Schema):
    """A page of versions."""

    items = fields.List(fields.Nested(DraftEntrySchema), required=True)
    next_cursor = fields.String(allow_none=True, required=True)
