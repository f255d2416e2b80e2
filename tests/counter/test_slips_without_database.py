"""With PostgreSQL really stopped pages say to write on a slip; after its start a slip of before is entered once, and marked."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from tests.counter.test_slips import codes_of, enter, issued
from tests.support.clock import Clock
from tests.support.counter import trust_of
from tests.support.demo import demo_config
from tests.support.people import sign_in
from tests.support.postgresql import (
    create_database,
    database_url,
    running_postgresql,
    start_postgresql,
    stop_postgresql,
)
from tests.support.shared import deps_of
from tests.support.units import told
from verify.trust import save_trust
from wallet.app import create_app
from wallet.base.clock import read_clock, rfc3339
from wallet.base.deps import build_deps
from wallet.demo.seed import seed
from wallet.migrations import migrate


def test_slips_carry_a_counter_over_a_stop_of_the_database(clock: Clock, tmp_path: Path) -> None:
    with running_postgresql(durable=True) as server:
        create_database(server, "liangzheng")
        data = tmp_path / "data"
        data.mkdir(mode=0o700)
        config = demo_config(data, database_url(server, "liangzheng"))
        made = build_deps(config)
        migrate(made.db)
        seed(made, read_clock())
        made.db.close()
        app = create_app(config)
        wang, zhao = sign_in(app, "counter-wang"), sign_in(app, "desk-zhao")
        block = issued(wang, 1)
        number, bundle = block["numbers"][0], tmp_path / "trust"
        (text,) = codes_of(wang.get(block["pdf"]).data, tmp_path)
        save_trust(trust_of(deps_of(app)), bundle)
        clock.advance(60)

        stop_postgresql(server)
        for visitor, page in ((wang, "/counter"), (wang, "/counter/slips"), (zhao, "/desk")):
            answer = visitor.http.get(page, headers={"Accept": "text/html"})
            assert answer.status_code == 503
            assert 'data-testid="slips"' in answer.text
            assert 'data-testid="other-way"' in answer.text
        elsewhere = wang.http.get("/account", headers={"Accept": "text/html"})
        assert (elsewhere.status_code, 'data-testid="slips"' in elsewhere.text) == (503, False)
        seen_at = rfc3339(clock.now - timedelta(seconds=1))
        assert enter(wang, number, clock, seen_at=seen_at).status_code == 503

        assert (_told(text, bundle), _told(f"{text[:-4]}AAAA", bundle)) == (0, 1)

        start_postgresql(server)
        # A connection from before is found dead at its first use, and is not used again.
        answers = [enter(wang, number, clock, seen_at=seen_at).status_code for _ in range(3)]
        assert (answers[-1], answers.count(201)) == (409, 1)
        assert [event["entered_afterwards"] for event in told(app, "slip.entered")] == [True]
        deps_of(app).db.close()
        deps_of(app).fast.close()


def _told(text: str, bundle: Path) -> int:
    """How the offline command exits."""
    command = [sys.executable, "-m", "verify", "slip", text, "--trust", str(bundle)]
    return subprocess.run(command, capture_output=True, check=False).returncode
