"""orjson as Flask's JSON provider: times as RFC 3339 in local time, no lone surrogates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import orjson
from flask.json.provider import JSONProvider
from marshmallow import fields

from wallet.base.clock import rfc3339


class OrjsonProvider(JSONProvider):
    """Reads and writes JSON with orjson, which refuses NaN, lone surrogates and bad UTF-8."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """JSON as text."""
        return orjson.dumps(obj, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Parse; raises ValueError."""
        return orjson.loads(s)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


class Instant(fields.Field[datetime]):
    """A time in an answer; the JSON provider writes it."""

    def _serialize(self, value: datetime | None, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else rfc3339(value)
