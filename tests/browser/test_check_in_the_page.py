"""The desk page's own check gives the verdict of `verify.check` on every text, bundle and moment."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import pytest
from jwt.algorithms import ECAlgorithm
from playwright.sync_api import Page

from tests.support.browser import OpenPage
from tests.support.codes import Signer, cases, make, signer, statuses
from verify.check import check
from verify.codes import CLOCK_TOLERANCE, CODE_TEXT_MAX
from verify.jws import encode_bytes, sign
from verify.status_list import (
    INVALID,
    STATUS_LIST_LIFE,
    STATUS_LIST_SIZE,
    STATUS_LIST_TYP,
    SUSPENDED,
    PublishedList,
    pack,
    sign_list,
)
from verify.trust import TRUST_LIMIT, BundleError, gather, read_bundle
from verify.verdict import CodeKind, offline_sentence, sentence, verdict_members
from wallet.base.clock import rfc3339

NOW: Final = 1_800_000_000
HOME: Final = signer()
NEIGHBOUR: Final = Signer(signer().private, issuer="150700", kid=HOME.kid)
COPIES: Final = {"licence": 16, "copy": 20}
PAPER: Final = {"kind": "paper"}
MEMBERS: Final = (
    "message", "unchecked", "licences", "shown_by", "issuer", "repeated", "offline", "legal_effect"
)  # fmt: skip

_CHECK: Final = """async ({ texts, bundles, now }) => {
  const { check } = await import("/static/verify/check.js");
  const { readTrust } = await import("/static/verify/trust.js");
  const trust = await readTrust(bundles);
  const verdicts = [];
  for (const text of JSON.parse(texts)) verdicts.push((await check(text, trust, now)).verdict);
  return JSON.stringify(verdicts);
}"""
_READ: Final = """async (bundles) => {
  const { readTrust } = await import("/static/verify/trust.js");
  return Promise.all(bundles.map((one) => readTrust(one).then(() => true, () => false)));
}"""


@dataclass(frozen=True)
class Place:
    """A library as its bundle tells of it: who signs, when, and what its list says."""

    signer: Signer = HOME
    as_of: int = NOW
    statuses: Mapping[int, int] = field(default_factory=statuses)
    listed_at: int = NOW

    def bundle(self) -> dict[str, Any]:
        """The bundle's document."""
        entries = bytearray(64)
        for place, status in self.statuses.items():
            entries[place] = status
        published = PublishedList(
            self.signer.issuer,
            0,
            self.listed_at,
            self.listed_at + STATUS_LIST_LIFE,
            pack(bytes(entries)),
        )
        return document(self.signer, self.as_of, sign_list(published, "https://a", self.signer))


def document(signer: Signer, as_of: int, token: str) -> dict[str, Any]:
    """A bundle with one list."""
    jwk = ECAlgorithm.to_jwk(signer.private.public_key(), as_dict=True)
    return {
        "iss": signer.issuer,
        "as_of": rfc3339(datetime.fromtimestamp(as_of).astimezone()),
        "keys": [{**jwk, "kid": signer.kid, "alg": "ES256", "use": "sig"}],
        "lists": {"0": token},
        "types": {"1": "食品经营许可证"},
    }


@pytest.fixture
def page(open_desk: OpenPage) -> Page:
    """A page of ours, which may load the check's modules."""
    opened = open_desk(None)
    opened.goto("/catalogue")
    return opened


def assert_agree(
    page: Page, texts: Mapping[str, str], places: Iterable[Place] = (Place(),), now: float = NOW
) -> set[str]:
    """Both give one verdict on each text; gives the reasons there were."""
    bundles = [place.bundle() for place in places]
    # Through JSON's escapes, since a half of a character does not survive the way to the browser.
    given = {"texts": json.dumps(list(texts.values())), "bundles": bundles, "now": now}
    in_page = dict(zip(texts, json.loads(page.evaluate(_CHECK, given)), strict=True))
    trust = gather(map(read_bundle, bundles))
    reasons = set()
    differing = {}
    for name, text in texts.items():
        ours, theirs = verdict_members(check(text, trust, now)), in_page[name]
        reasons.add(ours["reason"])
        if theirs["verdict"] == "accepted":
            kind: CodeKind = "paper" if theirs["shown_by"] else "live"
            theirs["message"] = offline_sentence(kind, foreign_issuer=theirs["foreign"])
        else:
            theirs["message"] = sentence(theirs["reason"])
        if compared(ours) != compared(theirs):
            differing[name] = (compared(ours), compared(theirs))
    assert differing == {}
    return reasons


def compared(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """What two judges must agree on; their ids differ."""
    as_of = verdict["status_as_of"]
    as_of = datetime.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    shown = {name: verdict[name] for name in MEMBERS}
    return {"is": (verdict["verdict"], verdict["reason"]), "as of": as_of.timestamp(), **shown}


def test_every_hostile_case_gets_the_same_verdict(page: Page) -> None:
    texts = {name: make(case, HOME, NOW) for name, case in cases().items()}
    reasons = assert_agree(page, texts)
    assert reasons == {case["reason"] for case in cases().values()}


def test_a_paper_code_is_judged_by_the_lists(page: Page) -> None:
    signer = replace(HOME, licence_index=COPIES["licence"], copy_index=COPIES["copy"])
    texts = {
        "its own": make(PAPER, signer, NOW),
        "no such list": make(PAPER, replace(signer, copy_index=STATUS_LIST_SIZE), NOW),
        "no such place": make(PAPER, replace(signer, licence_index=64), NOW),
        "the last place": make(PAPER, replace(signer, copy_index=63), NOW),
        "the last index": make(PAPER, replace(signer, licence_index=2**40 - 1), NOW),
    }
    expected = {
        (0, 0): {"ok", "trust_stale"},
        (INVALID, 0): {"licence_revoked", "trust_stale"},
        (SUSPENDED, INVALID): {"licence_suspended", "trust_stale"},
        (3, INVALID): {"licence_revoked", "trust_stale"},
        (0, INVALID): {"copy_revoked", "ok", "trust_stale"},
        (0, SUSPENDED): {"copy_revoked", "ok", "trust_stale"},
    }
    for (licence, copy), reasons in expected.items():
        statuses = {COPIES["licence"]: licence, COPIES["copy"]: copy}
        place = Place(statuses=statuses, as_of=NOW - 5, listed_at=NOW - 600)
        assert assert_agree(page, texts, [place]) == reasons


@pytest.mark.parametrize(
    ("age", "reason"),
    [
        (TRUST_LIMIT - 1, "ok"),
        (TRUST_LIMIT, "trust_stale"),
        (-CLOCK_TOLERANCE, "ok"),
        (-CLOCK_TOLERANCE - 1, "trust_stale"),
    ],
)
def test_a_bundle_past_its_limit_or_from_the_future_decides_nothing(
    page: Page, age: int, reason: str
) -> None:
    texts = {
        "live": make({}, HOME, NOW),
        "paper": make(PAPER, HOME, NOW),
        "stranger": make({"sign": "stranger"}, HOME, NOW),
        "no code": "no code",
    }
    reasons = assert_agree(page, texts, [Place(as_of=NOW - age)])
    assert reasons >= {reason, "malformed"}


def test_a_list_past_its_end_decides_nothing(page: Page) -> None:
    texts = {"paper": make(PAPER, HOME, NOW)}
    for age, reason in ((STATUS_LIST_LIFE - 1, "ok"), (STATUS_LIST_LIFE, "trust_stale")):
        assert assert_agree(page, texts, [Place(listed_at=NOW - age)]) == {reason}


def test_each_code_is_judged_by_the_bundle_of_its_own_issuer(page: Page) -> None:
    texts = {
        f"{name} {kind}": make({"kind": kind}, signer, NOW)
        for name, signer in {"home": HOME, "neighbour": NEIGHBOUR}.items()
        for kind in ("live", "paper")
    }
    old = Place(NEIGHBOUR, as_of=NOW - TRUST_LIMIT)
    assert assert_agree(page, texts, [Place(), Place(NEIGHBOUR)]) == {"ok"}
    assert assert_agree(page, texts, [Place(NEIGHBOUR), Place()]) == {"ok"}
    assert assert_agree(page, texts, [Place(), old]) == {"ok", "trust_stale"}
    assert assert_agree(page, texts, [old, Place(NEIGHBOUR), Place()]) == {"ok"}
    assert assert_agree(page, texts) == {"ok", "unknown_issuer"}


def test_a_code_ends_in_the_same_instant(page: Page) -> None:
    texts = {"live": make({}, HOME, NOW), "paper": make({**PAPER, "exp": 60}, HOME, NOW)}
    early, late = NOW - CLOCK_TOLERANCE, NOW + 60 + CLOCK_TOLERANCE
    assert assert_agree(page, texts, [Place(as_of=early)], early - 0.001) == {"not_yet_valid"}
    assert assert_agree(page, texts, [Place(as_of=early)], early) == {"ok"}
    assert assert_agree(page, texts, now=late - 0.001) == {"ok"}
    assert assert_agree(page, texts, now=late) == {"expired", "copy_expired"}


def test_characters_are_counted_and_not_their_halves(page: Page) -> None:
    compact = make({"text": "$header.$payload.$signature"}, HOME, NOW)
    room = CODE_TEXT_MAX - len(compact) - 1
    texts = {
        f"{one!a} {more:+}": one * (room + more) + "#" + compact
        for one in ("A", "𠮷", "\ud800", "\ufeff")
        for more in (0, 1)
    }
    assert assert_agree(page, texts) == {"ok", "malformed"}


def test_white_space_is_the_same_to_both(page: Page) -> None:
    odd = [*range(0x21), *range(0x7F, 0xA1), 0x1680, 0x180E, *range(0x2000, 0x2010)]
    odd += [0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF, 0xD800, 0xDC00]
    texts = {
        hex(one): make({"claims": {"n": {"raw": json.dumps(f"{chr(one)}*")}}}, HOME, NOW)
        for one in odd
    }
    assert assert_agree(page, texts) == {"ok", "malformed"}


_PIECES: Final = (
    "{", "}", "[", "]", ":", ",", '"', "\\", "\\u0061", "\\ud83d", "\\ude00", "\\x", "/",
    " ", "\t", "\n", "\r", "\x0b", "\x00", "\ufeff", "\u2028", "0", "-", "1", ".5", ".", "e1", "E+2",
    "-0", "01", "1e400", "NaN", "Infinity", "-Infinity", "true", "null", "tru", '"t":1', '"n":"李*"',
    '"exp"', '"__proto__":1', '"constructor":2', "'", "//", "[[[[", "]]]]", "𠮷", "é", "e\u0301",
)  # fmt: skip


def test_texts_that_were_changed_before_they_were_signed_get_the_same_verdict(page: Page) -> None:
    chance = random.Random(20261122)
    header = f'{{"alg":"ES256","kid":"{HOME.kid}","typ":"lz-live+jwt"}}'
    claims = (
        f'{{"exp":{NOW + 60},"h":"{HOME.handle}","iat":{NOW},"iss":"150600",'
        f'"jti":"{HOME.jti}","n":"李*","t":[1,2]}}'
    )
    paper = (
        f'{{"c":2,"end":{NOW + 60},"i":7,"iat":{NOW},"iss":"150600","jti":"{HOME.serial}",'
        f'"l":1,"n":"李*","t":1,"u":9}}'
    )
    texts = {}
    for turn in range(1500):
        kind, body = ("live", claims) if turn % 2 else ("paper", paper)
        head = header.replace("lz-live", f"lz-{kind}")
        part = chance.choice(("header", "claims", "claims"))
        recipe = {"header_text": head, "claims_text": body}
        changed = altered(recipe[f"{part}_text"], chance).replace("$", "$$")
        texts[f"{turn} {changed!a}"] = make({**recipe, f"{part}_text": changed}, HOME, NOW)
    assert assert_agree(page, texts) > {"ok", "malformed", "wrong_kind", "unknown_key"}


def altered(text: str, chance: random.Random) -> str:
    """A piece put in, taken out or written over, once or twice."""
    for _ in range(chance.choice((1, 1, 2))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 0, 1, 1, 2, 6)))
        text = text[:start] + chance.choice((*_PIECES, "")) + text[end:]
    return text


def test_json_as_deep_as_a_text_can_hold_is_read_by_both(page: Page) -> None:
    texts = {
        f"{deep} {kind}": make(
            {"deep": deep, "header": {"typ": kind}, "claims": {"t": {"raw": "$open$close"}}},
            HOME, NOW,
        )
        for deep in (1, 200, 500) for kind in ("lz-live+jwt", "JWT")
    }  # fmt: skip
    assert assert_agree(page, texts) == {"malformed", "wrong_kind"}


def test_bundles_that_one_refuses_the_other_refuses(page: Page) -> None:
    good = Place().bundle()
    packed = zlib.compress(bytes(16))
    stranger = Place(signer()).bundle()
    bundles = {
        "good": good,
        "of the greatest size": listed(zlib.compress(bytes(STATUS_LIST_SIZE // 4))),
        "of the greatest size, a byte an entry": listed(zlib.compress(bytes(STATUS_LIST_SIZE)), 8),
        "one byte too long": listed(zlib.compress(bytes(STATUS_LIST_SIZE // 4 + 1))),
        "a bomb": listed(zlib.compress(bytes(1 << 27), 9)),
        "cut off": listed(packed[:-1]),
        "something behind": listed(packed + b"\0"),
        "no zlib": listed(bytes(16)),
        "raw deflate": listed(zlib.compress(bytes(16))[2:-4]),
        "three bits": listed(packed, bits=3),
        "bits as a fraction": listed(packed, bits=2.0),
        "another list": {**good, "lists": {"1": good["lists"]["0"]}},
        "signed by a stranger": {**good, "lists": stranger["lists"]},
        "no keys": {**good, "keys": []},
        "a key of another curve": {**good, "keys": [{**good["keys"][0], "crv": "P-384"}]},
        "a key that is no point": {**good, "keys": [{**good["keys"][0], "x": "AAAA"}]},
        "a private key": {**good, "keys": [{**good["keys"][0], "d": "AAAA"}]},
        "no time": {name: value for name, value in good.items() if name != "as_of"},
        "a time without a zone": {**good, "as_of": "2027-01-15T08:00:00"},
        "a time before all others": {**good, "as_of": "0001-01-01T00:00:00+14:00"},
        "a time after all others": {**good, "as_of": "9999-12-31T23:59:59-14:00"},
        "a time written otherwise": {**good, "as_of": "2027-01-15 08:00:00Z"},
        "a type of no number": {**good, "types": {"１": "食品经营许可证"}},
        "a type of less than nothing": {**good, "types": {"-1": "食品经营许可证"}},
        "no issuer": {**good, "iss": 150600},
        "a type without a name": {**good, "types": {"1": 1}},
        "a name beyond the basic plane": {**good, "types": {"1": "𠮷"}},
        "a text": "bundle",
        "null": None,
    }
    ours = {name: reads(bundle) for name, bundle in bundles.items()}
    assert dict(zip(bundles, page.evaluate(_READ, [*bundles.values()]), strict=True)) == ours
    assert {name for name, read in ours.items() if read} == {
        "good", "of the greatest size", "of the greatest size, a byte an entry",
        "a name beyond the basic plane",
    }  # fmt: skip


def listed(lst: bytes, bits: float = 2) -> dict[str, Any]:
    """A bundle whose list has these bytes and bits."""
    entries = {"bits": bits, "lst": encode_bytes(lst)}
    claims = {
        "iss": HOME.issuer, "sub": "https://a/status-lists/0", "iat": NOW, "exp": NOW + 60,
        "ttl": 60, "status_list": entries,
    }  # fmt: skip
    return document(HOME, NOW, sign(claims, STATUS_LIST_TYP, HOME))


def reads(bundle: Any) -> bool:
    try:
        gather([read_bundle(bundle)])
    except BundleError:
        return False
    return True
