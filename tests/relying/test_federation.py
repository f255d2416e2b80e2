"""A code of another region is judged by its library's bundle, tagged as such, and used here once (O-18, M-17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.backup import take_backup
from tests.support.beyond import change_grant
from tests.support.clock import Clock
from tests.support.codes import Signer, twin
from tests.support.people import Machine, Visitor
from tests.support.regions import BAOTOU, NAME, bundle_file, region, register, shown_by
from tests.support.showing import (
    OPEN_A_SHOP,
    RENEWAL,
    ask,
    events,
    fields_of,
    new_events,
    row_counts,
    show,
    verify,
)
from wallet.base.deps import Deps
from wallet.errors import ConfigurationError
from wallet.relying.federation.register import (
    accept_codes,
    add_library,
    libraries,
    remove_library,
)


@pytest.fixture
def baotou() -> Signer:
    """The library of another city."""
    return region()


@pytest.fixture
def registered(deps: Deps, baotou: Signer, clock: Clock) -> Signer:
    """The same, registered, its codes taken for the renewal."""
    register(deps, baotou, clock.now)
    return baotou


def test_a_code_of_a_registered_region_is_accepted_and_says_so(
    zhao: Visitor, deps: Deps, registered: Signer, clock: Clock
) -> None:
    with new_events(deps) as added:
        verdict = verify(zhao, shown_by(registered, clock.now))
    assert (verdict["verdict"], verdict["reason"], verdict["offline"]) == ("accepted", "ok", False)
    assert (verdict["federated"], verdict["issuer"], verdict["region"]) == (True, BAOTOU, NAME)
    assert verdict["unchecked"] == ["double_use", "freeze", "licence_status"]
    assert NAME in verdict["message"]
    assert "身份证件" in verdict["message"]
    assert verdict["legal_effect"] is None
    (licence,) = verdict["licences"]
    assert (licence["type"], licence["type_name"]) == (f"{BAOTOU}:1", "食品经营许可证")
    assert (licence["identifier"], licence["status"]) == (None, None)
    assert [(one["key"], one["value"]) for one in licence["fields"]] == [("holder", "李*")]
    ((name, fields),) = added
    assert (name, fields["verdict"], fields["item"]) == ("verification.judged", "accepted", RENEWAL)
    assert fields["jti"].startswith(f"{BAOTOU}:")
    assert fields["licences"] == []
    assert [(one.issuer, one.judged, one.fresh) for one in libraries(deps, clock.now)] == [
        (BAOTOU, 1, True)
    ]


def test_it_is_used_here_once_whatever_the_text(
    zhao: Visitor, qian: Visitor, registered: Signer, clock: Clock
) -> None:
    text = shown_by(registered, clock.now)
    first = verify(zhao, text)
    again = verify(zhao, text)
    assert (again["id"], again["repeated"], again["verdict"]) == (first["id"], True, "accepted")
    assert again["checked_at"] == first["checked_at"]
    for other in (text, twin(text)):
        refused = verify(qian, other)
        assert (refused["verdict"], refused["reason"]) == ("refused", "already_used")
        assert (refused["licences"], refused["region"]) == ([], NAME)
    clock.advance(11)
    assert verify(zhao, text)["reason"] == "already_used"


def test_the_same_jti_of_two_regions_is_two_codes(
    zhao: Visitor, deps: Deps, registered: Signer, clock: Clock
) -> None:
    other = replace(region("150300"), jti=registered.jti)
    register(deps, other, clock.now)
    text = shown_by(registered, clock.now)
    assert verify(zhao, text)["verdict"] == "accepted"
    assert verify(zhao, shown_by(other, clock.now))["issuer"] == "150300"


@pytest.mark.parametrize("wanted", [["licence_no"], [], {"food-operation-permit": ["licence_no"]}])
def test_a_desk_that_asks_for_less_is_given_less(
    zhao: Visitor, registered: Signer, clock: Clock, wanted: object
) -> None:
    verdict = verify(zhao, shown_by(registered, clock.now), fields=wanted)
    assert verdict["verdict"] == "accepted"
    assert fields_of(verdict) == [[]]


def test_a_region_that_lets_no_name_be_seen_shows_none(
    zhao: Visitor, deps: Deps, baotou: Signer, clock: Clock
) -> None:
    register(deps, baotou, clock.now, holder=False)
    assert fields_of(verify(zhao, shown_by(baotou, clock.now))) == [[]]


@pytest.mark.parametrize(("item", "types"), [(OPEN_A_SHOP, (1,)), (RENEWAL, (2,)), (RENEWAL, ())])
def test_what_is_not_taken_for_the_item_is_refused_and_not_consumed(
    zhao: Visitor, deps: Deps, baotou: Signer, clock: Clock, item: str, types: tuple[int, ...]
) -> None:
    register(deps, baotou, clock.now, item=item, types=types)
    text = shown_by(baotou, clock.now)
    assert verify(zhao, text)["reason"] == "wrong_item"
    accept_codes(deps, BAOTOU, RENEWAL, [1], clock.now, holder=True)
    assert verify(zhao, text)["verdict"] == "accepted"


def test_a_library_that_is_not_registered_stays_unknown(
    zhao: Visitor, deps: Deps, registered: Signer, clock: Clock
) -> None:
    verdict = verify(zhao, shown_by(region("150300"), clock.now))
    assert (verdict["verdict"], verdict["reason"]) == ("refused", "unknown_key")
    ours = deps.keys.current.kid
    assert (
        verify(zhao, shown_by(replace(region("150300"), kid=ours), clock.now))["reason"]
        == "unknown_issuer"
    )
    remove_library(deps, BAOTOU, clock.now)
    gone = verify(zhao, shown_by(registered, clock.now))
    assert (gone["reason"], "federated" in gone) == ("unknown_key", False)


def test_a_stranger_who_says_to_be_that_region_is_not_believed(
    zhao: Visitor, registered: Signer, clock: Clock
) -> None:
    false = shown_by(region(), clock.now)
    verdict = verify(zhao, false)
    assert (verdict["verdict"], verdict["reason"]) == ("refused", "bad_signature")
    assert (verdict["licences"], verdict["issuer"]) == ([], None)
    assert verify(zhao, shown_by(replace(registered, kid="none"), clock.now))["reason"] == (
        "unknown_key"
    )


def test_its_keys_vouch_for_its_own_codes_alone(
    zhao: Visitor, deps: Deps, registered: Signer, clock: Clock
) -> None:
    as_ours = shown_by(replace(registered, issuer=deps.keys.issuer), clock.now)
    assert verify(zhao, as_ours)["reason"] in ("unknown_key", "unknown_issuer")


def test_its_times_are_judged_as_ours(zhao: Visitor, registered: Signer, clock: Clock) -> None:
    old = shown_by(registered, clock.now - timedelta(seconds=90))
    assert verify(zhao, old)["reason"] == "expired"
    early = shown_by(registered, clock.now + timedelta(seconds=31))
    assert verify(zhao, early)["reason"] == "not_yet_valid"


def test_an_old_bundle_decides_nothing(
    zhao: Visitor, deps: Deps, baotou: Signer, clock: Clock
) -> None:
    register(deps, baotou, clock.now - timedelta(seconds=3599), hours=1)
    assert verify(zhao, shown_by(baotou, clock.now))["verdict"] == "accepted"
    clock.advance(1)
    text = shown_by(baotou, clock.now)
    verdict = verify(zhao, text)
    assert (verdict["verdict"], verdict["reason"]) == ("undetermined", "trust_stale")
    assert (verdict["licences"], verdict["region"]) == ([], NAME)
    file = bundle_file(deps.config.data, baotou, clock.now)
    add_library(deps, BAOTOU, NAME, NAME, None, file, 1, clock.now)
    assert verify(zhao, text)["verdict"] == "accepted"


def test_a_bundle_that_is_gone_or_broken_decides_nothing(
    zhao: Visitor, deps: Deps, registered: Signer, clock: Clock
) -> None:
    path = deps.config.federation_dir / f"{BAOTOU}.json"
    for content in ("{", "[]", "null"):
        path.write_text(content, "utf-8")
        assert verify(zhao, shown_by(registered, clock.now))["reason"] == "trust_stale"
    path.unlink()
    assert verify(zhao, shown_by(registered, clock.now))["reason"] == "trust_stale"


@pytest.mark.parametrize(
    ("index", "copy", "reason"),
    [(0, 3, "ok"), (1, 3, "licence_revoked"), (2, 3, "licence_suspended"), (0, 1, "copy_revoked")],
)
def test_a_copy_on_paper_is_held_against_that_regions_lists(
    zhao: Visitor, registered: Signer, clock: Clock, index: int, copy: int, reason: str
) -> None:
    first = 3 << 20
    by = replace(registered, licence_index=first + index, copy_index=first + copy)
    for _ in range(2):
        verdict = verify(zhao, shown_by(by, clock.now, kind="paper"))
        assert verdict["reason"] == reason
    assert verdict["shown_by"] == "paper"
    if reason == "ok":
        assert verdict["unchecked"] == ["double_use", "item", "recipient"]


def test_none_is_accepted_twice_by_a_database_that_was_put_back(
    zhao: Visitor, deps: Deps, registered: Signer, clock: Clock
) -> None:
    deps.epoch.tick(deps.db, clock.now)
    backup = take_backup(deps.db)
    deps.epoch.tick(deps.db, clock.now)
    text = shown_by(registered, clock.now)
    assert verify(zhao, text)["verdict"] == "accepted"
    backup.put_back()
    assert verify(zhao, text)["reason"] == "trust_stale"


def test_an_item_that_asks_the_holder_takes_none(
    bank: Visitor, deps: Deps, registered: Signer, clock: Clock
) -> None:
    item = "bank-merchant-account"
    with pytest.raises(ConfigurationError, match="asks the holder"):
        accept_codes(deps, BAOTOU, item, [1], clock.now, holder=True)
    assert verify(bank, shown_by(registered, clock.now), item)["reason"] == "unknown_key"


def test_without_a_grant_for_the_item_it_is_not_even_read(
    zhao: Visitor, deps: Deps, registered: Signer, clock: Clock
) -> None:
    change_grant(deps, suspended_at=clock.now)
    assert ask(zhao, shown_by(registered, clock.now)).status_code == 403


def test_it_is_read_again_without_what_the_code_showed(
    zhao: Visitor, qian: Visitor, registered: Signer, clock: Clock
) -> None:
    verdict = verify(zhao, shown_by(registered, clock.now))
    path = f"/api/v1/verifications/{verdict['id']}"
    again = zhao.get(path).get_json()
    same = ("verdict", "message", "federated", "region", "issuer", "unchecked", "legal_effect")
    assert {name: again[name] for name in same} == {name: verdict[name] for name in same}
    assert again["licences"] == []
    assert qian.get(path).status_code == 404
    outcome = {"outcome": "person_mismatch"}
    assert zhao.post(f"{path}/outcome", outcome).status_code == 204


def test_a_program_has_the_same(reception: Machine, registered: Signer, clock: Clock) -> None:
    verdict = verify(reception, shown_by(registered, clock.now), terminal="1")
    assert (verdict["verdict"], verdict["region"]) == ("accepted", NAME)


def test_our_own_codes_are_judged_as_ever(li: Visitor, zhao: Visitor, registered: Signer) -> None:
    verdict = verify(zhao, show(li)["text"])
    assert (verdict["verdict"], verdict["unchecked"]) == ("accepted", [])
    assert "federated" not in verdict
    assert verdict["licences"][0]["identifier"]


def test_each_judgement_is_one_verification_and_one_event(
    zhao: Visitor, deps: Deps, registered: Signer, clock: Clock
) -> None:
    before = row_counts(deps)
    text = shown_by(registered, clock.now)
    for code in (text, text, shown_by(region(), clock.now)):
        verify(zhao, code)
    after = row_counts(deps)
    changed = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert changed == {"verifications": 2, "claims": 1, "audit_events": 3}
    assert "李" not in str(events(deps)[-3:])
