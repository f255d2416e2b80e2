"""Fixtures that every test may ask for, and the count that ends a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask

from tests.faults import report as faults
from tests.support.clock import Clock
from tests.support.demo import DatabaseKind, DemoCopies
from tests.support.shared import BOTH_KINDS, WiredApp, deps_of, shared_demo, wired
from wallet.app import create_app
from wallet.base.deps import Deps, build_deps
from wallet.config import Config
from wallet.web import deps as web_deps

KINDS = ("sqlite", "postgresql", "browser")


@pytest.fixture(scope="session")
def demo_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCopies]:
    """The seeded demo, made once for each kind of database."""
    copies = DemoCopies(tmp_path_factory.mktemp("demo"))
    yield copies
    copies.close()


@pytest.fixture(params=BOTH_KINDS)
def database_kind(request: pytest.FixtureRequest) -> DatabaseKind:
    """Each test that reaches the database runs on both kinds."""
    kind: DatabaseKind = request.param
    return kind


@pytest.fixture
def config(
    demo_copies: DemoCopies, database_kind: DatabaseKind, tmp_path: Path
) -> Iterator[Config]:
    """Settings of a seeded demo that belongs to this test alone."""
    with demo_copies.copy(database_kind, tmp_path / "data") as settings:
        yield settings


@pytest.fixture
def empty_config(
    demo_copies: DemoCopies, database_kind: DatabaseKind, tmp_path: Path
) -> Iterator[Config]:
    """Settings of a database without tables."""
    with demo_copies.empty(database_kind, tmp_path / "data") as settings:
        yield settings


@pytest.fixture
def deps(config: Config) -> Iterator[Deps]:
    """Deps of the seeded demo, for tests that call journeys."""
    built = build_deps(config)
    yield built
    built.db.close()


@pytest.fixture
def own_app(config: Config) -> Iterator[Flask]:
    """An app of the seeded demo for tests that change the app itself."""
    made = create_app(config)
    yield made
    deps_of(made).db.close()


@pytest.fixture(scope="session")
def wired_apps() -> list[WiredApp]:
    """The apps that this process has put together so far."""
    return []


@pytest.fixture
def app(config: Config, wired_apps: list[WiredApp]) -> Iterator[Flask]:
    """The app of the seeded demo, for tests that call routes."""
    with wired(wired_apps, config) as made:
        yield made


@pytest.fixture(scope="module", params=BOTH_KINDS)
def shared_app(
    request: pytest.FixtureRequest,
    demo_copies: DemoCopies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """An app for the tests of one module that leave nothing behind which another would see."""
    with shared_demo(demo_copies, request.param, tmp_path_factory.mktemp("shared")) as app:
        yield app


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that requests see, standing still until the test moves it."""
    standing = Clock()
    monkeypatch.setattr(web_deps, "read_clock", standing)
    return standing


_ran: Counter[str] = Counter()
_skipped: set[str] = set()
_SKIPPED: Final = "skipped"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count what ran, by kind; note what was skipped, and the lines of tables."""
    if report.skipped:
        _skipped.add(report.nodeid)
    elif report.when == "call":
        _ran["all"] += 1
        _ran.update(kind for kind in KINDS if kind in report.keywords)
    faults.note(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """A module that skips itself counts as skipped too."""
    if report.skipped:
        _skipped.add(report.nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Of several processes that share the tests each tells what it skipped, modules included."""
    _skipped.update(getattr(node, "workeroutput", {}).get(_SKIPPED, ()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test is a failed run: nothing is left out in silence."""
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        told[_SKIPPED] = sorted(_skipped)
    elif _skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the tables, and say how many tests ran where."""
    faults.summarise(terminalreporter)
    terminalreporter.section("where the tests ran")
    terminalreporter.line(
        f"SQLite {_ran['sqlite']} · PostgreSQL {_ran['postgresql']} · browser {_ran['browser']} · "
        f"all {_ran['all']} · skipped {len(_skipped)}"
    )
    for nodeid in sorted(_skipped):
        terminalreporter.line(f"skipped, which counts as failed: {nodeid}")
