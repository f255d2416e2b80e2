"""Two files with the same licences at once: each licence is stored once, and neither file waits for
the other for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from tests.support.batches import ndjson_of, progress, upload
from tests.support.licences import food_licence, licences_stored
from tests.support.people import machine
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.config import Config
from wallet.licences.batches.claim import ClaimedBatch, claim_next
from wallet.licences.batches.work import work_off

LINES = 60


def test_two_files_with_the_same_licences_store_each_once(
    app: Flask, deps: Deps, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "BATCH_CHUNK", 7)
    sender, before = machine(app, config.data, "issuer"), licences_stored(deps)
    bodies = [food_licence(config.data) for _ in range(LINES)]
    names = [
        upload(sender, ndjson_of(order), "ndjson").get_json()["id"]
        for order in (bodies, bodies[::-1])
    ]
    claimed = [claim_next(deps, read_clock()) for _ in names]
    start = Barrier(len(names))

    def run(batch: ClaimedBatch | None) -> None:
        assert batch is not None
        start.wait()
        work_off(deps, batch, read_clock)

    with ThreadPoolExecutor(len(names)) as threads:
        list(threads.map(run, claimed))
    said = [progress(sender, name) for name in names]
    assert [one["done"] for one in said] == [LINES, LINES]
    assert sum(one["stored"] for one in said) == LINES
    assert {fault["slug"] for one in said for fault in one["items"]} == {"stale_version"}
    assert licences_stored(deps) == before + LINES
