"""Keys change while a hall works: codes of a previous key are good, those of a retired are not."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.people import Visitor
from tests.support.rotation import work_through_rotations
from tests.support.showing import RENEWAL, ask, claims_of, new_events, show, verify
from wallet import numbers
from wallet.base import keys as keys_module
from wallet.base.deps import Deps
from wallet.base.key_files import change
from wallet.base.key_states import retired, rotated
from wallet.config import Config


@pytest.fixture(autouse=True)
def _look_each_time(monkeypatch: pytest.MonkeyPatch, deps: Deps) -> None:
    """As if `KEY_LOOK` had passed between any two requests."""
    monkeypatch.setattr(keys_module, "monotonic", lambda: float("inf"))


def rotate(deps: Deps, clock: Clock) -> None:
    """Let the next key sign, a day and more later."""
    now = clock.now + timedelta(seconds=numbers.KEY_BUNDLES_LAPSE)
    config = deps.config
    change(config.keys_dir, config.secret_key, now, partial(rotated, now=now))


def retire(deps: Deps, kid: str, clock: Clock) -> None:
    """Refuse a key at once."""
    config, now = deps.config, clock.now
    rule = partial(retired, kid=kid, now=now, hurry=True)
    change(config.keys_dir, config.secret_key, now, rule)


def published(app: Flask) -> set[str]:
    answer = app.test_client().get("/.well-known/jwks.json")
    return {key["kid"] for key in answer.get_json()["keys"]}


def test_a_code_from_before_a_rotation_is_accepted_and_a_new_one_has_the_new_key(
    app: Flask, deps: Deps, li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    first = deps.keys.current.kid
    before = show(li)
    rotate(deps, clock)
    after = show(li)
    assert deps.keys.current.kid != first
    assert verify(zhao, before["text"])["verdict"] == "accepted"
    assert verify(zhao, after["text"])["verdict"] == "accepted"
    assert claims_of(before["text"])["jti"] != claims_of(after["text"])["jti"]
    assert published(app) == deps.keys.public.keys()
    assert len(published(app)) == 3


def test_a_code_of_a_retired_key_is_refused_at_the_desk_and_to_the_public(
    app: Flask, deps: Deps, li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    first, code = deps.keys.current.kid, show(li)
    rotate(deps, clock)
    retire(deps, first, clock)
    with new_events(deps) as added:
        answer = ask(zhao, code["text"], RENEWAL)
    verdict = answer.get_json()
    assert (answer.status_code, verdict["verdict"], verdict["reason"]) == (
        200,
        "refused",
        "unknown_key",
    )
    assert verdict["licences"] == []
    assert len(added) == 1
    public = app.test_client().post("/api/v1/public/verifications", json={"code": code["text"]})
    assert public.get_json()["genuine"] is False
    assert first not in published(app)


def test_a_showing_goes_on_under_the_new_key(
    deps: Deps, li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    showing = show(li)
    rotate(deps, clock)
    following = li.post(f"/api/v1/me/codes/{showing['id']}/next").get_json()
    assert claims_of(following["text"])["jti"] == claims_of(showing["text"])["jti"]
    assert verify(zhao, following["text"])["verdict"] == "accepted"
    assert verify(zhao, showing["text"])["repeated"] is True


def test_the_published_keys_may_be_cached_for_less_than_a_minute(app: Flask) -> None:
    caching = app.test_client().get("/.well-known/jwks.json").headers["Cache-Control"]
    seconds = int(caching.removeprefix("public, max-age="))
    assert 0 < seconds + numbers.KEY_LOOK < numbers.KEY_SETTLE == 60


def test_while_four_processes_show_and_judge_no_rotation_refuses_a_code(config: Config) -> None:
    reasons = work_through_rotations(config, processes=4, rotations=3, look=0.2)
    assert reasons.keys() == {"ok"}
    assert reasons["ok"] > 4 * 3
