"""No repeat submission as tests tell it: what a desk asks, and what the library can supply."""

from __future__ import annotations

from typing import Any, Final

from werkzeug.test import TestResponse

from tests.support.people import Machine, Visitor

ON_POST: Final = "special-operator-post"
"""An item of desk-zhao's hall with three materials; holder-li has two of them, the third is suspended."""
OPERATOR_CARD: Final = "特种设备安全管理和作业人员证"
DRIVING_CARD: Final = "机动车驾驶证"
REGISTRATION: Final = "特种设备使用登记证"


def ask_holdings(
    desk: Visitor | Machine, by: dict[str, Any], item: str = ON_POST, **more: Any
) -> TestResponse:
    """Ask what the library can supply."""
    return desk.post("/api/v1/holdings", {"item": item, "by": by, **more})


def holdings(
    desk: Visitor | Machine, by: dict[str, Any], item: str = ON_POST, **more: Any
) -> dict[str, Any]:
    """The answer, which there must be."""
    answer = ask_holdings(desk, by, item, **more)
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def held(told: dict[str, Any]) -> dict[str, str | None]:
    """Material → the type that supplies it, or why it must be asked."""
    return {
        one["material"]: one["licence_type"] if one["held"] else one["exception"]["reason"]
        for one in told["materials"]
    }
