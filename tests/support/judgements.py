"""What a desk that was offline tells its library, and what it is answered."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Final

from werkzeug.test import TestResponse

from tests.support.people import Machine, Visitor
from tests.support.showing import RENEWAL

PATH: Final = "/api/v1/offline-verifications"


def judgement(text: str, judged_at: datetime, **changed: Any) -> dict[str, Any]:
    """A judgement that accepted this code at that time, under a fresh id."""
    return {
        "id": secrets.token_urlsafe(16),
        "code": text,
        "item": RENEWAL,
        "judged_at": judged_at.isoformat(),
        "verdict": "accepted",
        "reason": "ok",
        **changed,
    }


def tell(desk: Visitor | Machine, *judgements: dict[str, Any], **more: Any) -> TestResponse:
    """Send judgements to the library."""
    return desk.post(PATH, {"judgements": list(judgements), **more})


def findings(
    desk: Visitor | Machine, *judgements: dict[str, Any], **more: Any
) -> list[dict[str, Any]]:
    """Send judgements; gives the findings, which there must be, one for each."""
    answer = tell(desk, *judgements, **more)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    assert [item["id"] for item in items] == [sent["id"] for sent in judgements]
    return items


def finding(desk: Visitor | Machine, one: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Send one judgement; gives its finding."""
    (found,) = findings(desk, one, **more)
    return found
