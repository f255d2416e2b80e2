"""A code of another region at the desk: whose it is, what was not checked, and no promise beyond that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support import desk
from tests.support.browser import OpenPage
from tests.support.codes import Signer
from tests.support.regions import BAOTOU, NAME, region, register, shown_by
from wallet.base.clock import read_clock
from wallet.base.deps import build_deps
from wallet.config import load_config
from wallet.relying.federation.register import remove_library


@pytest.fixture
def baotou(address: str, data: Path) -> Iterator[Signer]:
    """Another city's library, registered for the renewal at the demo that serves."""
    by, deps = region(), build_deps(load_config({"DATA": str(data)}))
    register(deps, by, read_clock())
    yield by
    remove_library(deps, BAOTOU, read_clock())
    deps.db.close()


def test_the_desk_reads_where_it_is_from_and_what_was_not_checked(
    open_desk: OpenPage, baotou: Signer
) -> None:
    clerk = open_desk("desk-zhao")
    desk.open_desk_page(clerk)
    desk.type_in(clerk, shown_by(baotou, read_clock()))
    desk.expect_verdict(clerk, "accepted", "ok")
    verdict = desk.verdict(clerk)
    expect(verdict).to_contain_text(f"由{NAME}签发")
    expect(verdict).to_contain_text(
        "没有向该地区查：是否已经用过、持证人是否已冻结、证照现在是否有效"
    )
    expect(verdict).to_contain_text("只显示码上带的信息")
    for promise in ("同等法律效力", "持证人可以查到", "离线没有查"):
        expect(verdict).not_to_contain_text(promise)
    assert desk.shown_fields(clerk) == {"持证人": "李*"}


def test_in_english_too(open_desk: OpenPage, baotou: Signer) -> None:
    clerk = open_desk("desk-zhao")
    clerk.goto("/preferences?lang=en&next=/desk")
    desk.open_desk_page(clerk)
    desk.type_in(clerk, shown_by(baotou, read_clock()))
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(desk.verdict(clerk)).to_contain_text("Issued by Baotou and judged by its keys")
    expect(desk.verdict(clerk)).to_contain_text("Not asked of that region")
