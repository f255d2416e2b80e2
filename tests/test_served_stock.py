"""A table sent to a running server in chunks, with the server and its worker killed in the middle."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from bench.served import send_in
from bench.stock import BAD, write_stock
from tests.support.licences import licences_stored
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.config import Config
from wallet.demo.run import prepare
from wallet.licences.issue import pending_before
from wallet.licences.model import LicenceBatch
from wallet.worker import work_once

ROWS = 1000


def test_it_is_gone_on_with_and_nothing_is_lost_or_doubled(
    config: Config, deps: Deps, tmp_path: Path
) -> None:
    prepare(
        {
            "LIANGZHENG_DATA": str(config.data),
            "LIANGZHENG_DATABASE_URL": config.database_url,
            "LIANGZHENG_SECRET_KEY": config.secret_key,
        }
    )
    file, before = write_stock(tmp_path / "存量.xlsx", ROWS), licences_stored(deps)

    def end_the_claim() -> None:
        # Else the next worker would wait for a minute.
        with deps.db.begin() as tx:
            tx.execute(update(LicenceBatch).values(claimed_until=read_clock()))

    sent = send_in(config, file, ROWS, killed=True, while_dead=end_the_claim)
    good = ROWS - ROWS // BAD
    assert (sent.stored, sent.refused) == (good, ROWS // BAD)
    assert sent.faulty_lines == list(range(1 + BAD, 2 + ROWS, BAD))
    assert licences_stored(deps) == before + good
    # What was recorded and not sealed when the worker died is left to the sweep.
    later = read_clock() + timedelta(seconds=numbers.SWEEP_AFTER)
    work_once(deps, later)
    with deps.db.read() as tx:
        batches = tx.execute(select(LicenceBatch.stored, LicenceBatch.failed)).all()
        pending = tx.execute(pending_before(later, 0)).all()
    assert [tuple(batch) for batch in batches] == [(good, ROWS // BAD)]
    assert pending == []
