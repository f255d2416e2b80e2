"""An app whose people sign in at a provider in the hands of the test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.demo import DemoCopies
from tests.support.false_provider import FalseProvider, Traveller, running_false_provider
from tests.support.people import credentials
from tests.support.shared import BOTH_KINDS, deps_of
from wallet.app import create_app
from wallet.base.deps import Deps
from wallet.config import Config
from wallet.web.oidc.ways import attach_providers


@pytest.fixture(scope="module")
def listening() -> Iterator[FalseProvider]:
    """The provider of a module."""
    with running_false_provider() as provider:
        yield provider


@pytest.fixture(scope="module", params=BOTH_KINDS)
def shared(
    request: pytest.FixtureRequest,
    listening: FalseProvider,
    demo_copies: DemoCopies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """The demo, with that provider for citizens and staff."""
    with demo_copies.copy(request.param, tmp_path_factory.mktemp("oidc") / "data") as config:
        made = create_app(
            replace(
                config,
                oidc_citizen=listening.client,
                oidc_staff=listening.client,
                staff_login_claim="employee",
            )
        )
        yield made
        deps_of(made).db.close()


@pytest.fixture
def config(shared: Flask) -> Config:
    """Its settings."""
    return deps_of(shared).config


@pytest.fixture
def deps(shared: Flask) -> Deps:
    """What it works with."""
    return deps_of(shared)


@pytest.fixture
def provider(listening: FalseProvider, config: Config, clock: Clock) -> FalseProvider:
    """The provider as it was at first; it means Li Ming, as the demo knows him."""
    li = credentials(config.data, "people")["holder-li"]
    listening.forget(
        clock,
        {
            "name": li["name"],
            "id_type": li["code_type"],
            "id_number": li["code"],
            "id_number_verified": True,
            "employee": "desk-zhao",
        },
    )
    return listening


@pytest.fixture
def app(shared: Flask, provider: FalseProvider) -> Flask:
    """The app, which has asked the provider nothing yet."""
    attach_providers(shared, deps_of(shared).config)
    return shared


@pytest.fixture
def traveller(app: Flask, provider: FalseProvider) -> Traveller:
    """A browser in which nobody is signed in."""
    return Traveller(app, provider)
