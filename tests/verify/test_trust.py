"""A trust bundle is kept and read; what is none is refused with a sentence."""

from __future__ import annotations

import json
import os
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from tests.support.bundles import AS_OF, Document, a_bundle
from tests.support.codes import signer
from verify import trust
from verify.codes import CLOCK_TOLERANCE
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
    LISTS_UNPACKED,
    TRUST_LIMIT,
    BundleError,
    gather,
    load_trust,
    read_bundle,
    renew,
    save_trust,
)


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


def test_a_bundle_of_many_lists_does_not_fill_the_memory() -> None:
    """Each of its lists unpacks to 256 KiB; only those looked into last are kept so."""
    library, count = signer(), LISTS_UNPACKED + 32
    entries = pack(bytes(STATUS_LIST_SIZE))
    lists = {
        str(number): sign_list(
            PublishedList(library.issuer, number, AS_OF, AS_OF + STATUS_LIST_LIFE, entries),
            library.url,
            library,
        )
        for number in range(count)
    }
    document = a_bundle(library, lists=lists)
    tracemalloc.start()
    bundle = read_bundle(document)
    kept, most = tracemalloc.get_traced_memory()
    looked = [bundle.entry(number * STATUS_LIST_SIZE) for number in (*range(count), 0)]
    unpacked, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    one = len(entries.packed)
    assert all(entry is not None and entry.status == 0 for entry in looked)
    assert kept < one
    assert most < 4 * one
    assert (LISTS_UNPACKED - 1) * one < unpacked < (LISTS_UNPACKED + 2) * one


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
        {"as_of": "2026-09-21 22:13:20Z"},
        {"as_of": "0001-01-01T00:00:00+14:00"},
        {"as_of": "1969-12-31T23:59:59Z"},
        {"as_of": "9999-12-31T23:59:59-14:00"},
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
        {"types": {"１": "食品经营许可证"}},
        {"types": {"01": "食品经营许可证"}},
        {"types": {"-1": "食品经营许可证"}},
        {"types": {"1": 1}},
        {"types": {"1": "\ud800"}},
        {"iss": "\ud800"},
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


def test_a_file_longer_than_bundles_may_be_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trust.json"
    save_trust(gather([read_bundle(a_bundle(signer()))]), path)
    size = path.stat().st_size
    monkeypatch.setattr(trust, "_FILE_MAX", size)
    assert load_trust(path).home == "150600"
    monkeypatch.setattr(trust, "_FILE_MAX", size - 1)
    with pytest.raises(BundleError, match="cannot be read"):
        load_trust(path)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"nowhere\.json cannot be read"):
        load_trust(tmp_path / "nowhere.json")


def later(seconds: int) -> str:
    return f"2026-09-21T22:{13 + seconds // 60:02}:{20 + seconds % 60:02}+08:00"


def test_a_fresh_bundle_takes_the_place_of_its_issuers_old_one_alone() -> None:
    here, there, key = signer(), replace(signer(), issuer="150100"), signer()
    old = gather(read_bundle(a_bundle(library)) for library in (here, there))
    fresh = read_bundle(a_bundle(key, as_of=later(30)))
    renewed = renew(old, "150600", fresh, AS_OF + 30)
    assert renewed.issuers == {"150600": fresh, "150100": old.issuers["150100"]}
    assert renewed.home == "150600"


def test_of_the_same_age_the_fresh_bundle_is_taken_and_an_older_one_is_not() -> None:
    old = gather([read_bundle(a_bundle(signer()))])
    same = read_bundle(a_bundle(signer()))
    assert renew(old, "150600", same, AS_OF).issuers["150600"] is same
    older = read_bundle(a_bundle(signer(), as_of="2026-09-21T22:13:19+08:00"))
    assert renew(old, "150600", older, AS_OF) is old


def test_a_bundle_from_the_future_gives_way_to_an_older_one() -> None:
    future = gather([read_bundle(a_bundle(signer()))])
    true = read_bundle(a_bundle(signer(), as_of="2026-09-21T22:12:20+08:00"))
    assert renew(future, "150600", true, AS_OF - CLOCK_TOLERANCE) is future
    now = AS_OF - CLOCK_TOLERANCE - 1
    assert renew(future, "150600", true, now).issuers["150600"] is true


def test_a_bundle_of_another_issuer_than_expected_is_refused() -> None:
    here, there = signer(), replace(signer(), issuer="150100")
    both = gather(read_bundle(a_bundle(library)) for library in (here, there))
    fresh = read_bundle(a_bundle(signer()))
    with pytest.raises(BundleError, match="of 150600, not of 150100"):
        renew(both, "150100", fresh, AS_OF)
    with pytest.raises(BundleError, match="of 150600, not of 150600"):
        renew(gather([both.issuers["150100"]]), "150600", fresh, AS_OF)
