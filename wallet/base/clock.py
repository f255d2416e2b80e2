"""Time: instants are UTC, days of validity are local days of Asia/Shanghai, inclusive."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def read_clock() -> datetime:
    """The time now, aware, UTC. Only the edge calls this; everything below is handed `now`."""
    return datetime.now(UTC)


def local_day(now: datetime) -> date:
    """The day in Shanghai at that instant."""
    return now.astimezone(SHANGHAI).date()


def read_day(text: object) -> date:
    """A day as YYYY-MM-DD and no other form of ISO 8601; raises ValueError."""
    day = date.fromisoformat(text) if isinstance(text, str) else None
    if day is None or day.isoformat() != text:
        raise ValueError("not a day as YYYY-MM-DD")
    return day


def rfc3339(instant: datetime) -> str:
    """An instant as the API writes it: local time with its offset, whole seconds."""
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds")
