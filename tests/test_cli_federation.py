"""`liangzheng federation …`, the worker that keeps bundles fresh, and what the doctor says of them."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.bundles import serving
from tests.support.regions import BAOTOU, NAME, bundle_file, region, register
from tests.support.showing import RENEWAL, events
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.cli import main
from wallet.doctor import Finding, examine
from wallet.relying.federation.bundles import bundle_of, refresh_bundles
from wallet.relying.federation.register import libraries


def federation(deps: Deps, *words: str) -> Result:
    environment = {
        "DATA": str(deps.config.data),
        "LIANGZHENG_SECRET_KEY": deps.config.secret_key,
        "LIANGZHENG_DATABASE_URL": deps.config.database_url,
    }
    return CliRunner(env=environment).invoke(main, ["federation", *words])


def test_a_library_is_added_accepted_listed_and_removed(deps: Deps, tmp_path: Path) -> None:
    file = str(bundle_file(tmp_path, region(), read_clock()))
    added = federation(deps, "add", BAOTOU, "--name", NAME, "--file", file, "--hours", "6")
    assert added.exit_code == 0, added.output
    assert "1  食品经营许可证" in added.output
    assert federation(deps, "accept", BAOTOU, RENEWAL, "--type", "1", "--holder").exit_code == 0
    listed = federation(deps, "list").output
    assert f"{BAOTOU}  {NAME}  a file  bundle " in listed
    assert f"{RENEWAL}: types 1, masked name" in listed
    assert "STALE" not in listed
    assert federation(deps, "accept", BAOTOU, RENEWAL).exit_code == 0
    assert RENEWAL not in federation(deps, "list").output
    assert federation(deps, "remove", BAOTOU).exit_code == 0
    assert federation(deps, "list").output == ""
    assert not list(deps.config.federation_dir.iterdir())
    assert [name for name, _fields in events(deps, "region.")] == [
        "region.set",
        "region.accepted",
        "region.accepted",
        "region.removed",
    ]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["add", "150600", "--name", "x", "--file", "FILE"], "not the code of another"),
        (["add", "../x", "--name", "x", "--file", "FILE"], "not the code of another"),
        (["add", "150300", "--name", "x", "--file", "FILE"], "no bundle of 150300"),
        (["add", BAOTOU, "--name", "x"], "either --url or --file"),
        (["add", BAOTOU, "--name", "x", "--url", "http://x.example"], "must be https"),
        (["add", BAOTOU, "--name", "x", "--url", "http://127.0.0.1:1"], "gives no trust bundle"),
        (["add", BAOTOU, "--name", "x", "--file", "FILE", "--hours", "25"], "1 to 24"),
        (["add", BAOTOU, "--name", "x", "--file", "FILE", "--hours", "0"], "1 to 24"),
        (["accept", BAOTOU, RENEWAL, "--type", "1"], "no library"),
        (["remove", BAOTOU], "no library"),
    ],
)
def test_what_cannot_be_registered_is_told_in_one_line(
    deps: Deps, tmp_path: Path, words: list[str], why: str
) -> None:
    file = str(bundle_file(tmp_path, region(), read_clock()))
    answer = federation(deps, *[file if word == "FILE" else word for word in words])
    assert answer.exit_code == 1
    assert why in answer.output
    assert libraries(deps, read_clock()) == []


def test_an_item_that_there_is_not_takes_nothing(deps: Deps) -> None:
    register(deps, region(), read_clock())
    assert "no use item" in federation(deps, "accept", BAOTOU, "nothing", "--type", "1").output


def test_the_worker_fetches_what_has_an_address_and_keeps_the_later(
    deps: Deps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, now = region(), read_clock()
    contents = [
        bundle_file(tmp_path, by, now - timedelta(seconds=age)).read_bytes()
        for age in (120, 60, 90)
    ]
    stop, seen = threading.Event(), []

    def once(_failures: int) -> float:
        found = bundle_of(deps.config.federation_dir, BAOTOU)
        seen.append(found and int(now.timestamp()) - found.as_of)
        if len(seen) == 2:
            stop.set()
        return 0

    monkeypatch.setattr("wallet.relying.federation.bundles.pause_after", once)
    with serving(*((200, content, {}) for content in contents)) as (address, asked):
        added = federation(deps, "add", BAOTOU, "--name", NAME, "--url", address)
        assert added.exit_code == 0, added.output
        refresh_bundles(deps, stop)
    assert seen == [60, 60]
    assert asked == ["/.well-known/liangzheng-trust"] * 3


@pytest.mark.parametrize("answer", ["other", "garbage", "redirect"])
def test_what_is_no_bundle_of_that_library_is_not_kept(
    deps: Deps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    by, now, stop = region(), read_clock(), threading.Event()
    good = bundle_file(tmp_path, by, now)
    other = bundle_file(tmp_path, replace(by, issuer="150300"), now)
    bad = {
        "other": (200, other.read_bytes(), {}),
        "garbage": (200, b"{", {}),
        "redirect": (302, b"", {"Location": "http://127.0.0.1:1/"}),
    }[answer]
    failures: list[int] = []

    def once(number: int) -> float:
        failures.append(number)
        stop.set()
        return 0

    monkeypatch.setattr("wallet.relying.federation.bundles.pause_after", once)
    with serving((200, good.read_bytes(), {}), bad) as (address, _asked):
        assert federation(deps, "add", BAOTOU, "--name", NAME, "--url", address).exit_code == 0
        refresh_bundles(deps, stop)
    kept = json.loads((deps.config.federation_dir / f"{BAOTOU}.json").read_text("utf-8"))
    assert (kept["iss"], failures) == (BAOTOU, [1])


def _finding(deps: Deps, hours: float) -> Finding:
    later = read_clock() + timedelta(hours=hours)
    subject = f"bundle of {BAOTOU}"
    (found,) = (one for one in examine(deps.config, later) if one.subject == subject)
    return found


def test_the_doctor_tells_of_a_bundle_that_is_too_old(deps: Deps) -> None:
    register(deps, region(), read_clock(), hours=2)
    assert _finding(deps, 1.9).well
    assert not _finding(deps, 2.1).well
