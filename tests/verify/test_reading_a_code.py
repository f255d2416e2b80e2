"""The strict reader answers every hostile text with the reason that the order of judgement gives."""

from __future__ import annotations

import base64
import json
import socket

import pytest

from tests.support.codes import DAY, PAPER_DAYS, Signer, cases, make, signer, twin
from verify import codes
from verify.codes import LIVE, PAPER, LiveCode, PaperCode, encode, read
from verify.jws import decode_bytes, encode_bytes
from verify.verdict import REASONS, Refused

NOW = 1_800_000_000
SIGNER = signer()
CASES = cases()


def reason_of(text: str, now: float = NOW) -> str:
    try:
        read(text, SIGNER.keys, now)
    except Refused as refused:
        return refused.reason
    return "ok"


@pytest.mark.parametrize("name", CASES)
def test_every_case_gets_its_reason_and_nothing_is_fetched(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("the reader opened a socket")

    monkeypatch.setattr(socket, "socket", no_network)
    expected = CASES[name].get("read", CASES[name]["reason"])
    assert reason_of(make(CASES[name], SIGNER, NOW)) == expected


def test_the_cases_cover_every_line_and_name_known_reasons() -> None:
    assert {name.split()[0] for name in CASES} == {str(line) for line in range(16)}
    assert {case["reason"] for case in CASES.values()} <= set(REASONS)


def test_a_flood_of_unknown_keys_is_refused_each_time() -> None:
    texts = (make({"header": {"kid": f"{number:04x}"}}, SIGNER, NOW) for number in range(500))
    assert {reason_of(text) for text in texts} == {"unknown_key"}


def test_what_was_written_is_read_back() -> None:
    claims = {
        "iss": "150600", "jti": "AAECAwQFBgcICQoL", "iat": NOW, "exp": NOW + 60,
        "h": "AAECAwQFBgcICQ", "t": [1, 16], "n": "𠮷*",
    }  # fmt: skip
    text = encode(LIVE, claims, SIGNER)
    assert read(text, SIGNER.keys, NOW) == LiveCode(
        kid=SIGNER.kid,
        issuer="150600",
        jti="AAECAwQFBgcICQoL",
        issued_at=NOW,
        ends_at=NOW + 60,
        handle="AAECAwQFBgcICQ",
        types=(1, 16),
        name="𠮷*",
    )


def test_a_paper_code_is_read_back_with_its_indices_item_and_recipient() -> None:
    claims = {
        "iss": "150600", "jti": "0123456789ABCDEF", "iat": NOW, "end": NOW + 91 * DAY, "t": 3,
        "n": "李*", "l": 2**20 + 5, "c": 7, "i": 12, "u": 34,
    }  # fmt: skip
    expected = PaperCode(
        kid=SIGNER.kid,
        issuer="150600",
        jti="0123456789ABCDEF",
        issued_at=NOW,
        ends_at=NOW + 91 * DAY,
        types=(3,),
        name="李*",
        licence_index=2**20 + 5,
        copy_index=7,
        item=12,
        recipient=34,
    )
    assert read(encode(PAPER, claims, SIGNER), SIGNER.keys, NOW) == expected
    short = read(make({"kind": "paper"}, SIGNER, NOW), SIGNER.keys, NOW)
    assert isinstance(short, PaperCode)
    assert (short.item, short.recipient) == (None, None)


def test_a_copy_is_good_to_its_end_and_no_longer() -> None:
    text = make({"kind": "paper"}, SIGNER, NOW)
    end = NOW + PAPER_DAYS * DAY
    assert reason_of(text, NOW - 30.001) == "not_yet_valid"
    assert reason_of(text, NOW - 30) == "ok"
    assert reason_of(text, end + 29.999) == "ok"
    assert reason_of(text, end + 30) == "copy_expired"


def test_an_organisations_code_has_no_name_and_one_type_is_a_number() -> None:
    code = read(make({"claims": {"n": {"absent": True}}}, SIGNER, NOW), SIGNER.keys, NOW)
    assert (code.name, code.types) == (None, (1,))


def test_the_payload_is_utf_8_and_the_header_has_three_members() -> None:
    text = encode(LIVE, {"n": "李*"}, SIGNER)
    header, payload, _ = text.split(".")
    assert json.loads(decode_bytes(header)) == {
        "alg": "ES256",
        "kid": SIGNER.kid,
        "typ": "lz-live+jwt",
    }
    assert decode_bytes(payload) == '{"n":"李*"}'.encode()


def test_a_code_is_good_from_just_inside_to_just_before_its_ends() -> None:
    text = make({}, SIGNER, NOW)
    assert reason_of(text, NOW - 30.001) == "not_yet_valid"
    assert reason_of(text, NOW - 30) == "ok"
    assert reason_of(text, NOW + 89.999) == "ok"
    assert reason_of(text, NOW + 90) == "expired"


def test_a_text_of_the_greatest_size_is_read_and_one_more_is_not() -> None:
    compact = make({"text": "$header.$payload.$signature"}, SIGNER, NOW)
    address = "A" * (codes.CODE_TEXT_MAX - len(compact) - 1)
    assert reason_of(f"{address}#{compact}") == "ok"
    assert reason_of(f"{address}A#{compact}") == "malformed"


def test_both_forms_of_a_signature_are_one_code() -> None:
    text = make({}, SIGNER, NOW)
    assert twin(text) != text
    assert twin(twin(text)) == text
    assert read(twin(text), SIGNER.keys, NOW) == read(text, SIGNER.keys, NOW)


def test_each_reader_trusts_only_its_own_keys() -> None:
    stranger = Signer(signer().private)
    with pytest.raises(Refused, match="bad_signature"):
        read(make({}, SIGNER, NOW), stranger.keys, NOW)
    with pytest.raises(Refused, match="unknown_key"):
        read(make({}, SIGNER, NOW), {}, NOW)


def test_base64url_has_one_form() -> None:
    for size in range(20):
        data = bytes(range(255, 255 - size, -1))
        assert decode_bytes(encode_bytes(data)) == data
        padded = base64.urlsafe_b64encode(data).decode()
        if padded.endswith("="):
            with pytest.raises(ValueError, match="base64url"):
                decode_bytes(padded)
