"""The national platform is asked for a licence; only a plain yes about that very licence is one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.peers import dripping_peer
from tests.support.recorded_peer import RecordedPlatform, recorded, running_recorded
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.webhooks import new_secret
from wallet.errors import Invalid
from wallet.relying.federation.platform import Found, LicencePlatform, WebPlatform

LICENCE = "1.2.156.3005.2.11100000MB03271699022.150200.000000001.001.A"
CAUSE = "食品经营许可证延续"
REFUSED = {
    "not-found": "unknown_licence",
    "cancelled": "licence_revoked",
    "expired": "licence_expired",
}
UNDETERMINED = {
    "another-licence": "another_licence",
    "no-identifier": "another_licence",
    "not-authenticated": "platform_11",
    "input-missing": "platform_12",
    "not-published": "platform_13",
    "restricted": "platform_23",
    "not-permitted": "platform_100",
    "unheard-of": "platform_77",
    "code-as-text": "bad_answer",
    "code-as-truth": "bad_answer",
    "no-code": "bad_answer",
    "beyond-all-codes": "bad_answer",
    "redirected": "http_302",
    "broken": "http_500",
    "created": "http_201",
    "never-recorded": "http_500",
}


@pytest.fixture(scope="module")
def peer() -> Iterator[RecordedPlatform]:
    """The platform as it was recorded."""
    with running_recorded(new_secret()) as platform:
        yield platform


@pytest.fixture
def platform(peer: RecordedPlatform) -> WebPlatform:
    """The adapter to it."""
    return WebPlatform(peer.url, "ordos", peer.secret)


def _asked(platform: LicencePlatform, identifier: str) -> Found:
    return platform.look_up(identifier, CAUSE, read_clock())


def test_a_yes_about_the_licence_that_was_asked_for_is_one(
    platform: WebPlatform, peer: RecordedPlatform
) -> None:
    assert _asked(platform, LICENCE) == Found("accepted", "ok")
    request = peer.received[-1]
    assert request.headers["liangzheng-client"] == "ordos"
    assert (request.members["identifier"], request.members["cause"]) == (LICENCE, CAUSE)


@pytest.mark.parametrize("identifier", REFUSED)
def test_what_it_knows_against_a_licence_is_a_refusal(
    platform: WebPlatform, identifier: str
) -> None:
    assert _asked(platform, identifier) == Found("refused", REFUSED[identifier])  # type: ignore[arg-type]


@pytest.mark.parametrize("identifier", UNDETERMINED)
def test_whatever_else_it_says_decides_nothing(platform: WebPlatform, identifier: str) -> None:
    expected = Found("undetermined", "trust_stale", UNDETERMINED[identifier])
    assert _asked(platform, identifier) == expected


def test_every_recorded_answer_is_tested() -> None:
    assert recorded().keys() == {LICENCE} | REFUSED.keys() | UNDETERMINED.keys() - {
        "never-recorded"
    }


def test_a_peer_that_does_not_know_us_decides_nothing(platform: WebPlatform) -> None:
    stranger = replace(platform, secret=new_secret())
    assert _asked(stranger, LICENCE).error == "platform_11"


def test_silence_and_absence_decide_nothing(
    platform: WebPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "DISPATCH_LIMIT", 0.2)
    assert _asked(platform, "silent") == Found("undetermined", "trust_stale", "timeout")
    nobody = replace(platform, url="http://127.0.0.1:1/")
    assert _asked(nobody, LICENCE) == Found("undetermined", "trust_stale", "unreachable")
    with dripping_peer() as address:
        begun = time.monotonic()
        assert _asked(replace(platform, url=address), LICENCE).error == "timeout"
        assert time.monotonic() - begun < numbers.DISPATCH_LIMIT + 10


@pytest.mark.parametrize("cause", ["", "  ", "由" * (numbers.LOOK_UP_CAUSE_MAX + 1)])
def test_without_a_cause_nothing_is_asked(
    platform: WebPlatform, peer: RecordedPlatform, cause: str
) -> None:
    before = len(peer.received)
    with pytest.raises(Invalid, match="事由"):
        platform.look_up(LICENCE, cause, read_clock())
    assert len(peer.received) == before


def test_the_secret_is_in_no_text_of_it(platform: WebPlatform) -> None:
    assert platform.secret not in repr(platform)
