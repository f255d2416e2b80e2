"""A verdict has a sentence for every reason, in both languages, and its JSON form."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from verify.verdict import (
    REASONS,
    Field,
    JudgedLicence,
    Verdict,
    federated_sentence,
    sentence,
    verdict_members,
)

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_one_sentence_in_chinese_and_in_english(reason: str) -> None:
    chinese, english = sentence(reason), sentence(reason, "en")  # type: ignore[arg-type]
    assert chinese.endswith("。")
    assert "一" <= chinese[0] <= "鿿"
    assert english.isascii()
    assert english.endswith(".")


def test_no_two_reasons_share_a_sentence() -> None:
    assert len({sentence(reason) for reason in REASONS}) == len(REASONS)


def test_a_verdict_has_the_members_of_the_contract() -> None:
    verdict = Verdict("v1", "refused", "expired", sentence("expired"), AT, AT)
    assert verdict_members(verdict) == {
        "id": "v1",
        "verdict": "refused",
        "reason": "expired",
        "message": sentence("expired"),
        "checked_at": AT,
        "status_as_of": AT,
        "repeated": False,
        "offline": False,
        "unchecked": [],
        "licences": [],
        "shown_by": None,
        "issuer": None,
        "legal_effect": None,
    }


def test_an_accepted_licence_has_its_fields_and_a_photo_only_where_there_is_one() -> None:
    fields = (Field("number", "编号", "Number", "JY1"),)
    plain = JudgedLicence("food", "食品", "Food", "1.2", "valid", date(2027, 1, 1), fields)
    photo = "data:image/png;base64,"
    portrait = JudgedLicence("senior", "老年", "Senior", "1.3", "valid", None, (), photo)
    verdict = Verdict(
        "v1", "accepted", "ok", sentence("ok"), AT, AT,
        licences=(plain, portrait), shown_by="holder", purpose="办事", recipient="大厅",
    )  # fmt: skip
    members = verdict_members(verdict)
    assert members["licences"] == [
        {
            "type": "food",
            "type_name": "食品",
            "type_name_en": "Food",
            "identifier": "1.2",
            "status": "valid",
            "valid_until": date(2027, 1, 1),
            "fields": [{"key": "number", "label": "编号", "label_en": "Number", "value": "JY1"}],
        },
        {
            "type": "senior",
            "type_name": "老年",
            "type_name_en": "Senior",
            "identifier": "1.3",
            "status": "valid",
            "valid_until": None,
            "fields": [],
            "photo": photo,
        },
    ]
    assert (members["purpose"], members["recipient"]) == ("办事", "大厅")


def test_a_pending_verdict_says_until_when_it_may_be_answered() -> None:
    message = sentence("consent_pending")
    verdict = Verdict("v1", "pending", "consent_pending", message, AT, AT, answer_by=AT)
    assert verdict_members(verdict)["answer_by"] == AT


@pytest.mark.parametrize("kind", ["live", "paper"])
def test_another_regions_code_is_told_with_its_region_in_both_languages(kind: str) -> None:
    for language in ("zh", "en"):
        assert "Testland" in federated_sentence(kind, "Testland", language)  # type: ignore[arg-type]


def test_what_stands_on_a_copy_is_a_member_only_where_it_is_known() -> None:
    plain = Verdict("v", "accepted", "ok", "", datetime.now(UTC), datetime.now(UTC))
    assert not {"ends_on", "uses", "purpose"} & verdict_members(plain).keys()
    copy = replace(plain, ends_on=date(2026, 12, 1), uses=2, purpose="津贴")
    told = verdict_members(copy)
    assert (told["ends_on"], told["uses"], told["purpose"]) == (date(2026, 12, 1), 2, "津贴")
