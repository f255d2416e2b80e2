"""The JSON forms of hand-overs."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from wallet.relying.desk_numbers.schemas import NumberSchema
from wallet.relying.hand_overs.hand_over import NewHandOver
from wallet.showing.schemas import NewShowingSchema, ShowingStateSchema
from wallet.web.json import Instant


class NewHandOverSchema(NumberSchema):
    """The licences, and the number that the desk shows."""

    licences = NewShowingSchema().fields["licences"]

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewHandOver:
        """The hand-over as the journey takes it."""
        return NewHandOver(**data)


class HandOverSchema(Schema):
    """A hand-over, and what has become of it."""

    id = fields.String(required=True)
    unit = fields.String(required=True)
    terminal = fields.String(required=True)
    sent_at = Instant(required=True)
    ends_at = Instant(required=True)
    showing = fields.Nested(ShowingStateSchema, required=True)
