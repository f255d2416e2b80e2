"""A channel to a peer, a machine that issues, and the queue between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.channels import Line, connect
from tests.support.peers import Peer, running_peer
from tests.support.people import machine
from tests.support.shared import deps_of


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A peer that takes everything."""
    with running_peer() as running:
        yield running


@pytest.fixture
def line(app: Flask, peer: Peer) -> Line:
    """The demo with a channel to that peer."""
    deps = deps_of(app)
    secret = connect(deps, "loopback", peer.url)
    return Line(app, deps, machine(app, deps.config.data, "issuer"), "channel:loopback", secret)
