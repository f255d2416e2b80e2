"""A trust bundle is fetched, kept and read; what is none is refused with a sentence."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from tests.support.codes import Signer, signer
from verify import trust
from verify.status_list import (
    INVALID,
    STATUS_LIST_LIFE,
    STATUS_LIST_SIZE,
    SUSPENDED,
    PublishedList,
    pack,
    sign_list,
)
from verify.trust import (
    TRUST_LIMIT,
    TRUST_PATH,
    BundleError,
    fetch_bundle,
    gather,
    load_trust,
    read_bundle,
    save_trust,
)

AS_OF: Final = 1_790_000_000
AS_OF_TEXT: Final = "2026-09-21T22:13:20+08:00"
Document = dict[str, Any]


def a_bundle(by: Signer, list_issued: int = AS_OF, **changes: Any) -> Document:
    """A bundle of one key, the list 3 of four entries, and one type."""
    listed = PublishedList(
        by.issuer,
        3,
        list_issued,
        list_issued + STATUS_LIST_LIFE,
        pack(bytes([0, INVALID, SUSPENDED, 0])),
    )
    key = ECAlgorithm.to_jwk(by.private.public_key(), as_dict=True)
    document = {
        "iss": by.issuer,
        "as_of": AS_OF_TEXT,
        "keys": [{**key, "kid": by.kid, "use": "sig", "alg": "ES256"}],
        "lists": {"3": sign_list(listed, by.url, by)},
        "types": {"1": "食品经营许可证"},
    }
    return document | changes


@contextmanager
def serving(
    status: int, body: bytes, headers: Mapping[str, str]
) -> Iterator[tuple[str, list[str]]]:
    """A web server that answers so; its address, and the paths it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def test_a_bundle_tells_keys_types_and_the_status_at_an_index() -> None:
    library = signer()
    bundle = read_bundle(a_bundle(library))
    assert (bundle.issuer, bundle.as_of) == (library.issuer, AS_OF)
    assert bundle.keys == {library.kid: library.private.public_key()}
    assert bundle.types == {1: "食品经营许可证"}
    first = 3 * STATUS_LIST_SIZE
    entries = [bundle.entry(first + place) for place in range(5)]
    assert [entry and entry.status for entry in entries] == [0, INVALID, SUSPENDED, 0, None]
    assert {entry.as_of for entry in entries if entry} == {AS_OF}
    assert bundle.entry(1) is None


def test_a_bundle_is_good_for_a_day_and_no_longer_than_its_oldest_list() -> None:
    assert read_bundle(a_bundle(signer())).good_until == AS_OF + TRUST_LIMIT
    older = read_bundle(a_bundle(signer(), list_issued=AS_OF - 900))
    assert older.good_until == AS_OF - 900 + STATUS_LIST_LIFE
    bare = read_bundle(a_bundle(signer(), lists={}))
    assert bare.good_until == AS_OF + TRUST_LIMIT


def test_bundles_stand_side_by_side_even_with_the_same_kid(tmp_path: Path) -> None:
    here, there = signer(), replace(signer(), issuer="150100")
    both = gather(read_bundle(a_bundle(library)) for library in (here, there))
    save_trust(both, tmp_path / "trust.json")
    loaded = load_trust(tmp_path / "trust.json")
    assert loaded == both
    assert loaded.keys == {
        here.kid: {"150600": here.private.public_key(), "150100": there.private.public_key()}
    }


def test_of_two_bundles_of_one_issuer_the_later_is_kept() -> None:
    old, new = signer(), signer()
    bundles = [
        read_bundle(a_bundle(new, as_of="2026-09-21T22:13:21+08:00")),
        read_bundle(a_bundle(old)),
    ]
    for order in (bundles, bundles[::-1]):
        assert gather(order).issuers["150600"].keys[new.kid] == new.private.public_key()


def test_a_file_without_a_bundle_is_no_trust(tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    path.write_text("[]", "utf-8")
    with pytest.raises(BundleError, match="There is no trust bundle"):
        load_trust(path)


def test_one_bundle_is_saved_as_it_came_for_everyone_to_read(tmp_path: Path) -> None:
    document, path = a_bundle(signer()), tmp_path / "trust.json"
    save_trust(gather([read_bundle(document)]), path)
    assert json.loads(path.read_text("utf-8")) == document
    assert path.stat().st_mode & 0o777 == 0o644
    assert load_trust(path).issuers.keys() == {"150600"}


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trust.json"
    bundles = gather([read_bundle(a_bundle(signer()))])
    save_trust(bundles, path)
    before = path.read_bytes()

    def fails(_descriptor: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="no space left"):
        save_trust(bundles, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "change",
    [
        {"iss": None},
        {"iss": 150600},
        {"as_of": AS_OF},
        {"as_of": None},
        {"as_of": "yesterday"},
        {"as_of": "2026-09-21T22:13:20"},
        {"keys": None},
        {"keys": {"keys": []}},
        {"keys": ["key"]},
        {"keys": [{"kid": "k1k1", "kty": "oct", "k": "AAAA"}]},
        {"keys": [{"kid": "k1k1", "kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}]},
        {"lists": None},
        {"lists": ["token"]},
        {"lists": {"first": "token"}},
        {"lists": {"0": 1}},
        {"types": None},
        {"types": {"first": "食品经营许可证"}},
    ],
    ids=str,
)
def test_what_is_no_bundle_is_refused(change: Document) -> None:
    with pytest.raises(BundleError, match="This is not a trust bundle"):
        read_bundle(a_bundle(signer()) | change)


@pytest.mark.parametrize("document", [None, [], "bundle", 1, {}], ids=str)
def test_what_is_no_object_is_refused(document: Any) -> None:
    with pytest.raises(BundleError):
        read_bundle(document)


def test_a_private_key_and_one_of_another_curve_are_refused() -> None:
    library = signer()
    private = ECAlgorithm.to_jwk(library.private, as_dict=True)
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    for jwk in (private, ECAlgorithm.to_jwk(other, as_dict=True)):
        with pytest.raises(BundleError, match="This is not a trust bundle"):
            read_bundle(a_bundle(library, keys=[{**jwk, "kid": library.kid}], lists={}))


def test_a_bundle_whose_list_its_keys_do_not_vouch_for_is_refused_as_a_whole() -> None:
    library, stranger = signer(), signer()
    lists = a_bundle(stranger)["lists"]
    with pytest.raises(BundleError, match="bad_signature"):
        read_bundle(a_bundle(library, lists=lists))
    with pytest.raises(BundleError, match="malformed"):
        read_bundle(a_bundle(library, lists={"4": a_bundle(library)["lists"]["3"]}))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"[1]", b"{}"])
def test_a_file_that_is_no_bundle_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trust.json"
    path.write_bytes(content)
    with pytest.raises(BundleError):
        load_trust(path)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"nowhere\.json cannot be read"):
        load_trust(tmp_path / "nowhere.json")


def test_a_bundle_is_fetched_by_the_librarys_address() -> None:
    document = a_bundle(signer())
    with serving(200, json.dumps(document).encode(), {}) as (address, asked):
        assert fetch_bundle(f"{address}/") == fetch_bundle(address) == read_bundle(document)
    assert asked == [TRUST_PATH, TRUST_PATH]


@pytest.mark.parametrize("address", ["file:///etc", "ftp://lz.example", "lz.example", ""])
def test_only_the_web_is_asked(address: str) -> None:
    with pytest.raises(BundleError, match="not an address of the web"):
        fetch_bundle(address)


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
    with serving(status, body, headers) as (address, asked):
        with pytest.raises(BundleError):
            fetch_bundle(address)
        assert asked == [TRUST_PATH]


def test_an_answer_longer_than_a_bundle_may_be_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps(a_bundle(signer())).encode()
    with serving(200, content, {}) as (address, _asked):
        monkeypatch.setattr(trust, "BUNDLE_MAX", len(content))
        assert fetch_bundle(address).issuer == "150600"
        monkeypatch.setattr(trust, "BUNDLE_MAX", len(content) - 1)
        with pytest.raises(BundleError, match="too long"):
            fetch_bundle(address)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://", "http://a b/", "http://[::1"])
def test_a_server_that_does_not_answer_gives_no_bundle(address: str) -> None:
    with pytest.raises(BundleError, match="gives no trust bundle"):
        fetch_bundle(address)
