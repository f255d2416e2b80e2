"""A status list is packed, signed and read back as the Token Status List draft says."""

from __future__ import annotations

import json
import tracemalloc
import zlib
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.support.codes import Signer, signer
from verify.jws import LAST_SECOND, encode_bytes, parse
from verify.jws import sign as sign_token
from verify.status_list import (
    INVALID,
    STATUS_LIST_LIFE,
    STATUS_LIST_SIZE,
    STATUS_LIST_TTL,
    STATUS_LIST_TYP,
    SUSPENDED,
    PublishedList,
    StatusList,
    compress,
    decompress,
    pack,
    read_list,
    sign_list,
)
from verify.verdict import Refused

VECTORS: Final = json.loads(
    (Path(__file__).parents[1] / "vectors" / "token-status-list.json").read_text("utf-8")
)["vectors"]
NOW: Final = 1_790_000_000
STATUSES: Final = st.lists(st.integers(0, 3)).map(lambda some: bytes(some * 4))


def a_list(number: int = 7, statuses: bytes = bytes([0, INVALID, SUSPENDED, 0])) -> PublishedList:
    """A list of four entries."""
    return PublishedList("150600", number, NOW, NOW + STATUS_LIST_LIFE, pack(statuses))


def a_token(by: Signer, number: int = 7) -> str:
    """Its token."""
    return sign_list(a_list(number), by.url, by)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['bits']} bits × {v['size']}")
def test_the_published_vectors_decode(vector: dict[str, Any]) -> None:
    entries = decompress(vector["lst"], vector["bits"])
    assert len(entries) == vector["size"]
    named = {int(place): status for place, status in vector["status"].items()}
    assert {place: entries.status(place) for place in named} == named
    told = (place for place in range(len(entries)) if entries.status(place))
    assert set(told) == {place for place, status in named.items() if status}


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["bits"] == 2])
def test_the_published_vectors_of_two_bits_are_packed_to_the_same_bytes(
    vector: dict[str, Any],
) -> None:
    statuses = bytearray(vector["size"])
    for place, status in vector["status"].items():
        statuses[int(place)] = status
    assert pack(bytes(statuses)) == decompress(vector["lst"], 2)


@settings(deadline=None)
@given(STATUSES)
def test_what_is_packed_is_read_at_every_place(statuses: bytes) -> None:
    entries = decompress(compress(pack(statuses)), 2)
    assert bytes(entries.status(place) for place in range(len(entries))) == statuses


@pytest.mark.parametrize("statuses", [b"\0\0\0\4", b"\0\0\0\xff", b"\0\0\0"])
def test_a_status_of_more_than_two_bits_or_half_a_byte_is_not_packed(statuses: bytes) -> None:
    with pytest.raises(ValueError, match="statuses"):
        pack(statuses)


@pytest.mark.parametrize("place", [-1, 4, 1 << 70])
def test_a_place_outside_the_list_is_no_status(place: int) -> None:
    with pytest.raises(IndexError):
        a_list().entries.status(place)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_entries_of_every_width_are_read_from_the_lowest_bits(bits: int) -> None:
    assert StatusList(bits, b"\x01\x80").status(0) == 1
    assert StatusList(bits, b"\x01\x80").status(16 // bits - 1) == 0x80 >> 8 - bits


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_a_list_of_as_many_entries_as_allowed_unpacks_and_a_longer_one_does_not(bits: int) -> None:
    longest = StatusList(bits, bytes(STATUS_LIST_SIZE * bits // 8))
    assert len(longest) == STATUS_LIST_SIZE
    assert decompress(compress(longest), bits) == longest
    with pytest.raises(ValueError, match="too long"):
        decompress(compress(StatusList(bits, longest.packed + b"\0")), bits)


def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    bomb = encode_bytes(zlib.compress(bytes(256 << 20), 9))
    tracemalloc.start()
    with pytest.raises(ValueError, match="too long"):
        decompress(bomb, 2)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * STATUS_LIST_SIZE


@pytest.mark.parametrize(
    ("lst", "bits"),
    [
        ("", 2),
        ("AAAA", 2),
        ("eNo76fITAAPfAg", 2),  # cut off
        ("eNo76fITAAPfAgcA", 2),  # something behind it
        ("eNo76fITAAPfAgg", 2),  # another checksum
        ("eNo76fITAAPfAgc=", 2),
        ("eNo76fITAAPfAgc", 3),
        ("eNo76fITAAPfAgc", 0),
        ("eNo76fITAAPfAgc", 16),
    ],
)
def test_what_is_no_list_is_refused(lst: str, bits: int) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the cause is one of several libraries'
        decompress(lst, bits)


def test_a_token_reads_back_and_is_the_drafts_to_another_library() -> None:
    library = signer()
    token = a_token(library)
    assert read_list(token, 7, library.keys) == a_list()
    foreign = jwt.decode(
        token, ECKey.import_key(library.private.public_key()), algorithms=["ES256"]
    )
    assert foreign.header == {"alg": "ES256", "kid": library.kid, "typ": STATUS_LIST_TYP}
    assert foreign.claims == {
        "iss": "150600",
        "sub": f"{library.url}/status-lists/7",
        "iat": NOW,
        "exp": NOW + STATUS_LIST_LIFE,
        "ttl": STATUS_LIST_TTL,
        "status_list": {"bits": 2, "lst": compress(a_list().entries)},
    }


def test_a_list_does_not_pass_for_another() -> None:
    library = signer()
    for asked, given_ in ((1, 7), (7, 17), (17, 7)):
        with pytest.raises(Refused, match="malformed"):
            read_list(a_token(library, given_), asked, library.keys)


def test_a_strangers_list_and_another_kind_of_token_are_refused() -> None:
    library, stranger = signer(), signer()
    with pytest.raises(Refused, match="bad_signature"):
        read_list(a_token(stranger), 7, library.keys)
    claims = parse(a_token(library)).claims
    with pytest.raises(Refused, match="wrong_kind"):
        read_list(sign_token(claims, "lz-licence+jwt", library), 7, library.keys)


@pytest.mark.parametrize(
    "change",
    [
        {"sub": None},
        {"sub": 7},
        {"iat": None},
        {"iat": True},
        {"exp": "tomorrow"},
        {"exp": 1.5},
        {"iat": -1},
        {"iat": NOW + STATUS_LIST_LIFE + 1},
        {"exp": LAST_SECOND + 1},
        {"iat": 10**400, "exp": 10**400},
        {"status_list": None},
        {"status_list": []},
        {"status_list": {"bits": True, "lst": "eNo76fITAAPfAgc"}},
        {"status_list": {"bits": 2, "lst": None}},
        {"status_list": {"bits": 2, "lst": "AAAA"}},
        {"status_list": {"bits": 2}},
    ],
    ids=str,
)
def test_a_token_without_the_drafts_members_is_malformed(change: dict[str, Any]) -> None:
    library = signer()
    claims = {**parse(a_token(library)).claims, **change}
    with pytest.raises(Refused, match="malformed"):
        read_list(sign_token(claims, STATUS_LIST_TYP, library), 7, library.keys)
