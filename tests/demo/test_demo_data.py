"""The demo data is complete, points at itself correctly, and could pass for real where it must."""

import base64
import io
import json
from datetime import date

import pytest
from PIL import Image
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10

from wallet.demo.data import FOLDER, load
from wallet.demo.rows import DemoData, FaceField, Licence, LicenceType, UseItem

TODAY = date(2026, 11, 22)
MARK = "（演示）"
PERSONAS = {
    *("holder-li", "holder-elder", "holder-company", "delegate-li", "desk-zhao", "desk-bank"),
    *("counter-wang", "counter-liu", "issuer-chen", "manager-sun", "auditor-he"),
}


@pytest.fixture(scope="module")
def demo() -> DemoData:
    return load(TODAY)


def types_of(demo: DemoData) -> dict[str, LicenceType]:
    return {kind.code: kind for kind in demo.licence_types}


def fields_of(kind: LicenceType) -> dict[str, FaceField]:
    return {face.key: face for face in kind.fields}


def items_of(demo: DemoData, unit: str) -> list[UseItem]:
    return [item for item in demo.use_items if item.unit == unit]


def means(demo: DemoData, licence: Licence) -> str:
    kind = types_of(demo)[licence.type]
    return {code.code: code.means for code in kind.status_codes}[licence.status_code]


def held_by(demo: DemoData, code: str) -> list[Licence]:
    return [row for row in demo.licences if code in {party.code for party in row.holders}]


def test_it_has_the_counts_the_demo_promises(demo: DemoData) -> None:
    assert len(demo.licence_types) >= 12
    assert len(demo.use_items) >= 8
    assert {*demo.holders, *demo.staff} >= PERSONAS
    assert set(demo.clients) == {"issuer", "relying", "platform"}


def test_codes_and_short_numbers_are_unique(demo: DemoData) -> None:
    for codes in (
        [unit.code for unit in demo.units],
        [unit.name for unit in demo.units],
        [kind.code for kind in demo.licence_types],
        [kind.type_code for kind in demo.licence_types],
        [kind.short_number for kind in demo.licence_types],
        [item.code for item in demo.use_items],
        [licence.key for licence in demo.licences],
        [(licence.issuing_unit, licence.type, licence.number) for licence in demo.licences],
    ):
        assert len(codes) == len(set(codes))


def test_units_form_one_tree_with_parents_first(demo: DemoData) -> None:
    seen: dict[str, str] = {}
    ranks = ["region", "city", "county", "society"]
    for unit in demo.units:
        if unit.parent is None:
            assert not seen, "one root, and it comes first"
        else:
            assert ranks.index(seen[unit.parent]) <= ranks.index(unit.level)
        seen[unit.code] = unit.level
    assert set(seen.values()) == set(ranks)


def test_every_unit_says_that_it_is_a_demo_and_is_of_a_known_kind(demo: DemoData) -> None:
    for unit in demo.units:
        assert unit.name.endswith(MARK)
        assert unit.name_en.endswith("(demo)")
        assert unit.kinds
        assert set(unit.kinds) <= {"issuing", "relying", "managing", "social", "platform"}


def test_credit_codes_have_valid_check_digits(demo: DemoData) -> None:
    codes = [unit.code for unit in demo.units]
    codes += [kind.type_code[:18] for kind in demo.licence_types]
    for licence in demo.licences:
        codes += [party.code for party in licence.holders if party.code_type == "001"]
        codes += [str(value) for key, value in licence.fields.items() if key == "credit_code"]
    for code in codes:
        assert uscc.is_valid(code), code
        assert "MADEM" in code
    assert all(kind.type_code[18:].isdigit() for kind in demo.licence_types)


def test_resident_ids_have_valid_check_digits_and_birthdays(demo: DemoData) -> None:
    codes = {holder.code for holder in demo.holders.values()}
    for licence in demo.licences:
        codes |= {party.code for party in licence.holders if party.code_type == "111"}
    for code in codes:
        assert len(code) == 18
        assert code[:6] == "150602"
        assert ric.calc_check_digit(code) == code[17]
        assert date(int(code[6:10]), int(code[10:12]), int(code[12:14])) < TODAY


def test_permit_numbers_have_valid_check_digits(demo: DemoData) -> None:
    numbers = [row.number for row in demo.licences if row.number[:2] in ("JY", "SC")]
    assert len(numbers) == 2
    for number in numbers:
        assert mod_11_10.is_valid(number[2:])


def test_licence_types_are_complete(demo: DemoData) -> None:
    units = {unit.code: unit for unit in demo.units}
    for kind in demo.licence_types:
        assert kind.issuing_units
        assert all("issuing" in units[code].kinds for code in kind.issuing_units)
        assert kind.holder_kinds
        assert set(kind.holder_kinds) <= {"person", "organisation"}
        assert kind.basis.startswith("《")
        codes = [code.code for code in kind.status_codes]
        assert len(codes) == len(set(codes))
        assert {code.means for code in kind.status_codes} >= {"valid", "revoked"}
        for code in kind.status_codes:
            assert (code.means == "revoked") == (code.act is not None), (kind.code, code.code)
        assert fields_of(kind)["number"].label
        for face in kind.fields:
            assert (face.type == "text") == (face.max_length is not None)
            assert (face.type == "code") == bool(face.codes)
            assert face.type != "photo" or kind.holder_kinds == ["person"]


def test_every_item_resolves_and_keeps_a_traditional_channel(demo: DemoData) -> None:
    units = {unit.code for unit in demo.units}
    kinds = types_of(demo)
    numbers = tuple(document.number for document in demo.basis_documents)
    for item in demo.use_items:
        assert item.unit in units
        assert item.licence_types == list(item.fields)
        assert len(item.traditional_channel) >= 10
        assert item.traditional_channel_en
        assert item.retention
        assert item.basis.startswith(numbers)
        for code, keys in item.fields.items():
            fields = fields_of(kinds[code])
            assert keys
            assert all(fields[key].required for key in keys), "a clerk never meets an empty row"


def test_only_social_relying_parties_ask(demo: DemoData) -> None:
    kinds = {unit.code: unit.kinds for unit in demo.units}
    for item in demo.use_items:
        assert (item.consent == "ask") == ("social" in kinds[item.unit])
    assert items_of(demo, demo.staff["desk-bank"].unit)


def test_the_hall_has_items_for_the_people_of_the_demo(demo: DemoData) -> None:
    items = items_of(demo, demo.staff["desk-zhao"].unit)
    accepted = {code for item in items for code in item.licence_types}
    assert len(items) >= 4
    assert any(len(item.licence_types) > 1 for item in items)
    for persona in ("holder-li", "holder-elder"):
        own = held_by(demo, demo.holders[persona].code)
        assert any(row.type in accepted for row in own if means(demo, row) == "valid")
    assert demo.staff["desk-qian"].unit == demo.staff["desk-zhao"].unit
    assert demo.staff["desk-qian"].terminal != demo.staff["desk-zhao"].terminal


def test_whatever_the_issuer_client_issues_to_persons_the_hall_can_judge(demo: DemoData) -> None:
    issuer = demo.clients["issuer"].unit
    accepted = {
        code for item in items_of(demo, demo.staff["desk-zhao"].unit) for code in item.licence_types
    }
    to_persons = {
        kind.code: "photo" in fields_of(kind)
        for kind in demo.licence_types
        if issuer in kind.issuing_units and "person" in kind.holder_kinds
    }
    assert set(to_persons) <= accepted
    assert set(to_persons.values()) == {True, False}


def test_personas_and_clients_belong_to_a_unit_of_the_right_kind(demo: DemoData) -> None:
    kinds = {unit.code: set(unit.kinds) for unit in demo.units}
    for person in demo.staff.values():
        assert person.unit in kinds
        assert ("desk" in person.roles) <= bool(person.terminal)
    for client in demo.clients.values():
        assert set(client.kinds) <= kinds[client.unit]
    assert demo.staff["issuer-chen"].unit == demo.clients["issuer"].unit
    assert "managing" in kinds[demo.staff["manager-sun"].unit]


def test_people_have_plain_names_that_mask_well_and_are_noted_as_invented(demo: DemoData) -> None:
    people = [(person.name, person.note) for person in demo.holders.values()]
    people += [(person.name, person.note) for person in demo.staff.values()]
    for name, note in people:
        assert 2 <= len(name) <= 3
        assert "演示" in note


def test_licences_agree_with_their_type(demo: DemoData) -> None:
    kinds = types_of(demo)
    for licence in demo.licences:
        kind = kinds[licence.type]
        fields = fields_of(kind)
        assert licence.issuing_unit in kind.issuing_units
        assert {party.kind for party in licence.holders} <= set(kind.holder_kinds)
        assert {key for key, face in fields.items() if face.required} <= set(licence.fields)
        assert set(licence.fields) <= set(fields)
        assert licence.fields["number"] == licence.number
        for key, value in licence.fields.items():
            _check_value(fields[key], value)


def _check_value(face: FaceField, value: str | int | float) -> None:
    match face.type:
        case "text":
            assert isinstance(value, str)
            assert 0 < len(value) <= (face.max_length or 1000)
        case "date":
            assert date.fromisoformat(str(value))
        case "number":
            assert isinstance(value, int | float)
        case "code":
            assert value in {code.code for code in face.codes}
        case "photo":
            assert base64.b64decode(str(value))[:2] == b"\xff\xd8"


def test_a_licence_is_past_its_end_exactly_when_its_status_says_expired(demo: DemoData) -> None:
    for licence in demo.licences:
        assert licence.issued_on <= TODAY
        assert licence.valid_from <= TODAY
        ended = licence.valid_until is not None and licence.valid_until < TODAY
        assert ended == (means(demo, licence) == "expired"), licence.key


def test_what_was_suspended_or_ended_says_why(demo: DemoData) -> None:
    for licence in demo.licences:
        told = {licence.status_reason is not None, licence.status_basis is not None}
        assert told == {means(demo, licence) in ("suspended", "revoked")}, licence.key


def test_li_holds_one_of_each_kind_of_trouble(demo: DemoData) -> None:
    own = held_by(demo, demo.holders["holder-li"].code)
    states = [means(demo, row) for row in own]
    assert len(own) >= 5
    assert states.count("suspended") == 1
    assert states.count("expired") == 1
    ends = [row.valid_until for row in own if means(demo, row) == "valid" and row.valid_until]
    assert sum(0 <= (end - TODAY).days <= 30 for end in ends) == 1


def test_the_elder_is_past_seventy_and_holds_two_valid_licences(demo: DemoData) -> None:
    elder = demo.holders["holder-elder"]
    assert TODAY.year - int(elder.code[6:10]) > 70
    states = [means(demo, row) for row in held_by(demo, elder.code)]
    assert states.count("valid") >= 2


def test_the_company_holds_its_licences_and_its_administrator_none(demo: DemoData) -> None:
    person = demo.holders["holder-company"]
    assert person.organisation is not None
    assert person.organisation.name.endswith(MARK)
    assert len(held_by(demo, person.organisation.code)) >= 3
    assert not held_by(demo, person.code)


def test_the_delegate_may_show_one_valid_licence_of_the_elder(demo: DemoData) -> None:
    (delegation,) = [one for one in demo.delegations if one.accepted]
    assert (delegation.delegate, delegation.granted_by) == ("delegate-li", "holder-elder")
    assert delegation.granted_on < TODAY < delegation.valid_until
    own = held_by(demo, demo.holders["holder-elder"].code)
    (licence,) = [row for row in own if row.key == delegation.licence]
    assert means(demo, licence) == "valid"


def test_the_company_asks_holder_li_to_show_a_licence_for_a_matter_that_uses_it(
    demo: DemoData,
) -> None:
    (offer,) = [one for one in demo.delegations if not one.accepted]
    assert (offer.granted_by, offer.delegate) == ("holder-company", "holder-li")
    (licence,) = [row for row in demo.licences if row.key == offer.licence]
    (item,) = [one for one in demo.use_items if [one.code] == offer.items]
    assert licence.type in item.licence_types


def test_the_second_regulation_has_lapsed_on_its_own_terms(demo: DemoData) -> None:
    ends = {document.code: document.effective_to for document in demo.basis_documents}
    assert ends == {"ordos-2022-161": None, "imar-amr-2023": date(2026, 2, 1)}


def test_portraits_are_small_and_all_in_use() -> None:
    rows = json.loads((FOLDER / "licences.json").read_text(encoding="utf-8"))["licences"]
    used = {row["fields"]["photo"] for row in rows if "photo" in row["fields"]}
    assert used == {path.name for path in (FOLDER / "portraits").iterdir()}
    for name in used:
        content = (FOLDER / "portraits" / name).read_bytes()
        assert len(content) <= 20 * 1024
        assert Image.open(io.BytesIO(content)).size == (295, 413)


@pytest.mark.parametrize("today", [date(2026, 12, 31), date(2028, 2, 29), date(2031, 6, 1)])
def test_it_loads_on_any_day_with_the_same_licence_soon_to_expire(today: date) -> None:
    driving = next(row for row in load(today).licences if row.key == "li-driving")
    assert driving.valid_until is not None
    assert (driving.valid_until - today).days == 26
