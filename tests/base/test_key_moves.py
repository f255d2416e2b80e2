"""Keys move from files into a token and back while a hall works, and servers sign in the token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests.support.rotation import work_through_rotations
from tests.support.server import running_demo
from tests.support.softhsm import MODULE, SoftHsm, make_softhsm
from verify.codes import LIVE, encode
from verify.jws import check_signature, parse
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.key_files import change, read_states
from wallet.base.key_pairs import place_of
from wallet.base.key_states import kid_in, rotated
from wallet.base.keys import KeyRing
from wallet.base.pkcs11_token import Token
from wallet.config import Config
from wallet.errors import ConfigurationError
from wallet.web.cookies import CSRF_COOKIE, CSRF_HEADER

SECRET = "k3yF0rTests-" * 4
ISSUER = "150600"
WORKERS = 2


@pytest.fixture
def hsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    return make_softhsm(tmp_path / "hsm", monkeypatch)


def ring(folder: Path, token: Token | None) -> KeyRing:
    return KeyRing(folder, SECRET, ISSUER, read_clock(), token)


def place_of_current(folder: Path) -> str:
    return place_of(folder, kid_in(read_states(folder), "current") or "")


def test_keys_in_both_places_live_side_by_side_whichever_way_they_move(
    tmp_path: Path, hsm: SoftHsm
) -> None:
    folder, now = tmp_path / "keys", read_clock()
    codes, places = [], []
    for token in (None, hsm.token, hsm.token, None, None):
        keys = ring(folder, token or hsm.token)
        places.append(place_of_current(folder))
        codes.append(parse(encode(LIVE, {"iss": ISSUER}, keys.current)))
        now += timedelta(seconds=numbers.KEY_BUNDLES_LAPSE)
        change(folder, SECRET, now, partial(rotated, now=now), token=token)
    assert places == ["token", "token", "file", "token", "token"]
    public = ring(folder, None).public
    assert len(public) == 7
    for code in codes:
        check_signature(code, public, ISSUER)


def test_a_library_whose_current_key_is_in_a_token_does_not_start_without_one(
    tmp_path: Path, hsm: SoftHsm
) -> None:
    ring(tmp_path / "keys", hsm.token)
    with pytest.raises(ConfigurationError, match="LIANGZHENG_PKCS11_MODULE"):
        ring(tmp_path / "keys", None)


def test_it_starts_while_its_token_is_away(tmp_path: Path, hsm: SoftHsm) -> None:
    kid = ring(tmp_path / "keys", hsm.token).current.kid
    hsm.take_away()
    assert ring(tmp_path / "keys", Token(MODULE, hsm.label, hsm.pin)).current.kid == kid


def test_while_four_processes_show_and_judge_keys_move_from_files_to_the_token(
    config: Config, hsm: SoftHsm
) -> None:
    config = hsm.settings(config)
    assert place_of_current(config.keys_dir) == "file"
    reasons = work_through_rotations(
        config, processes=4, rotations=3, look=0.2, environment=hsm.environment
    )
    assert place_of_current(config.keys_dir) == "token"
    assert reasons.keys() == {"ok"}


def test_every_worker_of_a_server_signs_in_the_token(tmp_path: Path, hsm: SoftHsm) -> None:
    settings = hsm.environment | {"LIANGZHENG_WORKERS": str(WORKERS)}
    with running_demo(tmp_path / "data", None, **settings) as address:
        holder = _Browser(address, "holder-li")
        licences = holder.call("/api/v1/me/licences")["items"]
        shown = [one["identifier"] for one in licences if one["status"] == "valid"][:1]
        kids = set()
        for _ in range(200):  # each comes over a connection of its own, to either worker
            code = holder.call("/api/v1/me/codes", {"licences": shown})["text"]
            kids.add(parse(code.partition("#")[2]).header["kid"])
            if _servers_with_the_module() == WORKERS:
                break
        else:
            raise AssertionError("only one worker was asked")
        assert _Browser(address, "desk-zhao").judge(code) == "accepted"
    assert {place_of(tmp_path / "data" / "keys", kid) for kid in kids} == {"token"}


class _Browser:
    """One that has signed in, with a connection for each request."""

    def __init__(self, address: str, persona: str) -> None:
        self._address, self._cookies = address, CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._cookies))
        form = urlencode({"persona": persona}).encode()
        self._opener.open(f"{address}/demo/session", form).close()

    def call(self, path: str, body: Any = None) -> dict[str, Any]:
        [csrf] = [one.value or "" for one in self._cookies if one.name == CSRF_COOKIE]
        headers = {"Content-Type": "application/json", CSRF_HEADER: csrf}
        data = None if body is None else json.dumps(body).encode()
        with self._opener.open(Request(self._address + path, data, headers)) as answer:
            members: dict[str, Any] = json.load(answer)
            return members

    def judge(self, code: str) -> str:
        body = {"code": code, "item": "food-permit-renewal"}
        return str(self.call("/api/v1/verifications", body)["verdict"])


def _servers_with_the_module() -> int:
    """How many processes of a server that this one started have loaded the token's module."""
    beside = {b"demo", b"worker"}  # of the demo's commands, those that serve nobody
    return sum(
        Path(MODULE).name in (process / "maps").read_text()
        and beside.isdisjoint((process / "cmdline").read_bytes().split(b"\0"))
        for process in _descendants(Path("/proc/self"))
    )


def _descendants(process: Path) -> Iterator[Path]:
    for children in process.glob("task/*/children"):
        for pid in children.read_text().split():
            yield Path("/proc", pid)
            yield from _descendants(Path("/proc", pid))
