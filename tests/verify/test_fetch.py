"""Trust bundles are fetched from the web, again where that may help, and from nowhere else."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from itertools import chain, repeat

import pytest
from urllib3 import Retry

from tests.support.bundles import Answer, Document, a_bundle, serving
from tests.support.codes import signer
from tests.support.peers import dripping_peer
from verify import fetch
from verify.fetch import (
    AGAIN,
    FETCH_LIMIT,
    FETCH_RETRIES,
    REFRESH_PAUSE,
    fetch_bundle,
    fetch_trust,
    pause_after,
)
from verify.trust import TRUST_PATH, BundleError, read_bundle

ONCE = AGAIN.new(total=0)
HURRIED: Retry = AGAIN.new(backoff_factor=0, backoff_jitter=0)
"""The retries of a desk, without their pauses."""


def good(document: Document) -> Answer:
    return 200, json.dumps(document).encode(), {}


def test_a_bundle_is_fetched_by_the_librarys_address() -> None:
    document = a_bundle(signer())
    with serving(good(document)) as (address, asked):
        assert fetch_bundle(f"{address}/") == fetch_bundle(address) == read_bundle(document)
    assert asked == [TRUST_PATH, TRUST_PATH]


@pytest.mark.parametrize("address", ["file:///etc", "ftp://lz.example", "lz.example", ""])
def test_only_the_web_is_asked(address: str) -> None:
    with pytest.raises(BundleError, match="not an address of the web"):
        fetch_bundle(address, ONCE)


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (404, b"{}", {}),
        (503, b"{}", {}),
        (302, b"", {"Location": "ftp://elsewhere.example/"}),
        (302, b"", {"Location": "/other"}),
        (200, b"<html>", {}),
        (200, b"[" * 100_000, {}),
        (200, b"{}", {}),
    ],
)
def test_an_answer_that_is_no_bundle_is_refused_and_no_redirect_followed(
    status: int, body: bytes, headers: dict[str, str]
) -> None:
    with serving((status, body, headers)) as (address, asked):
        with pytest.raises(BundleError):
            fetch_bundle(address, ONCE)
        assert asked == [TRUST_PATH]


def test_an_answer_longer_than_a_bundle_may_be_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps(a_bundle(signer())).encode()
    with serving((200, content, {})) as (address, _asked):
        monkeypatch.setattr(fetch, "BUNDLE_MAX", len(content))
        assert fetch_bundle(address, ONCE).issuer == "150600"
        monkeypatch.setattr(fetch, "BUNDLE_MAX", len(content) - 1)
        with pytest.raises(BundleError, match="too long"):
            fetch_bundle(address, ONCE)


@pytest.mark.parametrize(("seconds", "in_time"), [(FETCH_LIMIT, True), (FETCH_LIMIT + 1, False)])
def test_an_answer_that_takes_too_long_in_all_is_refused(
    monkeypatch: pytest.MonkeyPatch, seconds: int, in_time: bool
) -> None:
    """The clock goes on while the first piece comes, as from a server that lets it drip."""
    document, ticks = a_bundle(signer()), chain([0], repeat(seconds))
    monkeypatch.setattr(fetch, "monotonic", lambda: next(ticks))
    with serving(good(document)) as (address, _asked):
        if in_time:
            assert fetch_bundle(address, ONCE) == read_bundle(document)
        else:
            with pytest.raises(BundleError, match="gives no trust bundle"):
                fetch_bundle(address, ONCE)


def test_a_server_whose_headers_never_end_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetch, "FETCH_LIMIT", 0.2)
    with dripping_peer() as address, pytest.raises(BundleError, match="gives no trust bundle"):
        fetch_bundle(address, ONCE)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://", "http://a b/", "http://[::1"])
def test_a_server_that_does_not_answer_gives_no_bundle(address: str) -> None:
    with pytest.raises(BundleError, match="gives no trust bundle"):
        fetch_bundle(address, ONCE)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_library_that_is_busy_for_a_moment_is_asked_again(status: int) -> None:
    document, busy = a_bundle(signer()), (status, b"", {"Retry-After": "3600"})
    with serving(*[busy] * FETCH_RETRIES, good(document)) as (address, asked):
        assert fetch_bundle(address, HURRIED) == read_bundle(document)
        assert len(asked) == FETCH_RETRIES + 1
    with serving(busy) as (address, asked):
        with pytest.raises(BundleError, match="gives no trust bundle"):
            fetch_bundle(address, HURRIED)
        assert len(asked) == FETCH_RETRIES + 1


def test_an_answer_that_is_cut_off_or_packed_is_refused() -> None:
    content = json.dumps(a_bundle(signer())).encode()
    for answer in (
        (200, content[:-1], {"Content-Length": str(len(content))}),
        (200, gzip.compress(content), {"Content-Encoding": "gzip"}),
    ):
        with (
            serving(answer) as (address, _asked),
            pytest.raises(BundleError, match="gives no trust bundle"),
        ):
            fetch_bundle(address, ONCE)


def test_libraries_stand_side_by_side_and_the_first_is_at_home() -> None:
    here, there = a_bundle(signer()), a_bundle(replace(signer(), issuer="150100"))
    with serving(good(there)) as (first, _), serving(good(here)) as (second, _):
        trust = fetch_trust([first, second], ONCE)
        assert (trust.home, list(trust.issuers)) == ("150100", ["150100", "150600"])


def test_a_library_that_says_it_is_another_is_refused() -> None:
    here, other = a_bundle(signer()), a_bundle(signer())
    with (
        serving(good(here)) as (first, _),
        serving(good(other)) as (second, _),
        pytest.raises(BundleError, match="both say that they are 150600"),
    ):
        fetch_trust([first, second], ONCE)


def test_the_proxy_of_the_environment_is_asked_unless_it_is_to_be_passed_by(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = a_bundle(signer())
    with serving(good(document)) as (proxy, asked):
        monkeypatch.setenv("http_proxy", proxy.replace("//", "//desk:secret@"))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert fetch_bundle("http://library.invalid", ONCE) == read_bundle(document)
        assert asked == [f"http://library.invalid{TRUST_PATH}"]
        assert fetch_bundle(proxy, ONCE) == read_bundle(document)
        assert asked[1:] == [TRUST_PATH]


def test_the_pauses_grow_after_failures_and_never_beyond_the_usual_one() -> None:
    assert pause_after(0) == REFRESH_PAUSE
    longest = [8, 16, 32, 64, 128, 256, 512, REFRESH_PAUSE, REFRESH_PAUSE]
    for failures, most in enumerate(longest, start=1):
        assert all(most / 2 <= pause_after(failures) <= most for _ in range(20))
    assert pause_after(10_000) <= REFRESH_PAUSE
