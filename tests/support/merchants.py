"""A platform enterprise with a list of merchants, and a worker that answers it at once."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any, Final

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.batches import KINDS, csv_of, ndjson_of, xlsx_of
from tests.support.people import Machine, machine
from tests.support.shared import deps_of
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.queue.fan_out import fan_out
from wallet.relying.merchant_checks.answer import answer_some

CHECKS: Final = "/api/v1/merchant-checks"
ITEM: Final = "merchant-licence-check"
PLATFORM_UNIT: Final = "91150000MADEM0417N"
MEMBERS: Final = ("identifier", "number", "name", "ref")
COMPANY: Final = {
    "number": "91150602MADEM0601A",
    "name": "鄂尔多斯市蓝城健康食品有限公司（演示）",
}
"""The demo's business licence."""
LI: Final = {"number": "JY11506020012070", "name": "李明"}
"""holder-li's food operation permit."""
Body = dict[str, Any]


def platform_of(app: Flask) -> Machine:
    """The demo's platform."""
    return machine(app, deps_of(app).config.data, "platform")


def file_of(lines: list[Body], kind: str) -> bytes:
    """A list in one of the three forms."""
    if kind == "ndjson":
        return ndjson_of(lines)
    rows: list[list[Any]] = [[line.get(member, "") for member in MEMBERS] for line in lines]
    return (csv_of if kind == "csv" else xlsx_of)(rows, list(MEMBERS))


def send(
    platform: Machine, file: bytes, kind: str = "ndjson", key: str = "", **query: str
) -> TestResponse:
    """Send a list in."""
    return platform.http.post(
        CHECKS,
        query_string={"item": ITEM} | query,
        data=file,
        content_type=KINDS[kind],
        headers=platform.headers | {"Idempotency-Key": key or uuid.uuid4().hex},
    )


def sent(platform: Machine, lines: list[Body], kind: str = "ndjson", **query: str) -> Body:
    """Send a list in; what the library says of it."""
    answer = send(platform, file_of(lines, kind), kind, **query)
    assert answer.status_code == 202, answer.text
    members: Body = answer.get_json()
    return members


def answer_all(deps: Deps) -> None:
    """Answer every list that waits."""
    fan_out(deps, read_clock())
    while answer_some(deps, read_clock()):
        pass


def said(platform: Machine, check: str) -> Body:
    """How far a list is."""
    answer = platform.get(f"{CHECKS}/{check}")
    assert answer.status_code == 200, answer.text
    members: Body = answer.get_json()
    return members


def result(platform: Machine, check: str) -> list[dict[str, str]]:
    """The rows of a result."""
    answer = platform.get(f"{CHECKS}/{check}/result")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def answers(app: Flask, platform: Machine, lines: list[Body], **query: str) -> list[str]:
    """The answer to each line of a list."""
    check = sent(platform, lines, **query)["id"]
    answer_all(deps_of(app))
    return [row["answer"] for row in result(platform, check)]


def subscription(platform: Machine, check: str, webhook: str) -> TestResponse:
    """Ask to be told of changes."""
    return platform.put(f"{CHECKS}/{check}/subscription", {"webhook": webhook})
