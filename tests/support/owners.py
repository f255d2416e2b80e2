"""A world with one object of every kind, its owner, and somebody of every role beside, above and below.

What a caller sees of an object is said here, once for each kind; tests/web/test_owners.py asks every route.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from flask import Flask

from tests.licences.test_review import drug_permit
from tests.support.acts import prepared
from tests.support.batches import csv_of, row_of, taken_in
from tests.support.beyond import alerts, beyond, grant_ids
from tests.support.catalogue import begun, food_content
from tests.support.counter import begun as begun_assistance
from tests.support.counter import person, printed
from tests.support.delegations import listed
from tests.support.hand_overs import handed
from tests.support.holdings import holdings
from tests.support.items import begun_item, item_content
from tests.support.licences import FOOD, ISSUER_CODE, client_of, day, food_licence, issue
from tests.support.merchants import COMPANY, answer_all, platform_of, sent
from tests.support.numbers import draw
from tests.support.people import Machine, Visitor, machine, sign_in
from tests.support.shared import deps_of
from tests.support.showing import IDENTITY, RENEWAL, ask, identifier_of, show, verify
from tests.support.units import BESIDE, CITY, DISTRICT, HALL, HALL_BESIDE, REGION, add_member
from wallet.web.guards import Guard
from wallet.web.principal import Principal, PrincipalKind

Caller = Visitor | Machine
BESIDE_ISSUER: Final = "11150603MADEM0329T"
"""Issues the same types in another district."""
ABOVE_ISSUER: Final = "11150600MADEM01180"
"""Issues some of them in the city above."""
BANK: Final = "91150600MADEM0409T"
"""A company beside the platform."""
_ADDED: Final = {
    "issuer_beside": (BESIDE_ISSUER, "issuer"),
    "issuer_above": (ABOVE_ISSUER, "issuer"),
    "manager_district": (DISTRICT, "manager"),
    "manager_beside": (BESIDE, "manager"),
    "manager_region": (REGION, "manager"),
}
_DEMO: Final = {
    "li": "holder-li",
    "elder": "holder-elder",
    "delegate": "delegate-li",
    "company": "holder-company",
    "desk": "desk-zhao",
    "responsible": "desk-qian",
    "responsible_beside": "desk-liu",
    "bank": "desk-bank",
    "counter": "counter-wang",
    "colleague": "counter-liu",
    "issuer": "issuer-chen",
    "manager": "manager-sun",
    "auditor": "auditor-he",
}
_PROGRAMS: Final = {
    "relying": (HALL, "relying"),
    "relying_beside": (HALL_BESIDE, "relying"),
    "issuing": (ISSUER_CODE, "issuing"),
    "issuing_beside": (BESIDE_ISSUER, "issuing"),
    "managing": (CITY, "managing"),
    "managing_beside": (BESIDE, "managing"),
    "platform_beside": (BANK, "platform"),
}
_MANAGERS: Final = {"manager", "manager_district", "manager_region"}
"""Those whose subtree holds the hall and the issuing unit."""
SEES: Final[dict[str, set[str]]] = {
    "licence": {"li", "issuer", "issuing"},
    "showing": {"li"},
    "delegation": {"elder", "delegate"},
    "administrator": {"company"},
    "entry": {"li"},
    "verification": {"desk", "li"},
    "look_up": {"desk", "li"},
    "number": {"desk", "li", "elder", "delegate", "company"},
    "draft": {"issuer", "issuing"} | _MANAGERS,
    "item": _MANAGERS,
    "item_draft": {"responsible"} | _MANAGERS,
    "report": {"issuer", "issuing"} | _MANAGERS,
    "batch": {"issuer", "issuing"},
    "check": {"platform"},
    "reconciliation": {"issuer", "issuing"},
    "review": {"issuer", "issuing"},
    "type": {"issuer", "issuing", "issuer_beside", "issuing_beside"},
    "document": {"manager_beside"} | _MANAGERS,
    "basis": {"manager", "manager_region", "managing"},
    "unit": {"responsible", "managing"} | _MANAGERS,
    "assistance": {"counter"},
    "act": {"counter"},
    "visit_list": {"counter", "colleague"},
    "visit": {"counter"},
    "slips": {"counter", "colleague"} | _MANAGERS,
    "slip": {"counter", "colleague"} | _MANAGERS,
    "hand_over": {"counter"},
    "desk_refusal": {"li"} | _MANAGERS,
    "house_desk": {"counter"},
    "confirmation": {"colleague"},
    "copy": {"counter", "colleague", "elder", "delegate"},
    "application": {"bank", "manager", "manager_region"},
    "application_draft": {"bank"},
    "application_proof": {"bank", "manager", "manager_region"},
    "district": _MANAGERS,
    "grant": {"managing"} | _MANAGERS,
    "alert": {"managing"} | _MANAGERS,
    "client": {"responsible", "managing"} | _MANAGERS,
    "account": {"responsible", "managing"} | _MANAGERS,
}
"""Kind of object → who may know of it."""
TOLD: Final[dict[str, set[str]]] = {"unit": {"desk"}}
"""Kind of object → who is told of it on pages of their own: the staff of a unit, who to call."""


@dataclass(frozen=True)
class Owned:
    """An object: how routes name it, texts that nobody else may read, and how routes name what it stands in."""

    name: str
    secrets: tuple[str, ...] = ()
    also: Mapping[str, str] = field(default_factory=dict)


@dataclass
class World:
    """The callers by name, nobody among them, and the objects, each made at its first use."""

    app: Flask
    callers: dict[str, Caller] = field(init=False)
    roles: dict[str, tuple[PrincipalKind, frozenset[str]] | None] = field(init=False)
    _objects: dict[str, Owned] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, (unit, role) in _ADDED.items():
            add_member(self.app, name, unit, [role])
        people = {name: sign_in(self.app, login) for name, login in _DEMO.items()}
        people |= {name: sign_in(self.app, name) for name in _ADDED}
        programs = {
            name: client_of(self.app, unit, role) for name, (unit, role) in _PROGRAMS.items()
        }
        # Idempotency and the reading of what was sent in are the client's own: the demo's is the owner.
        programs["issuing"] = machine(self.app, deps_of(self.app).config.data, "issuer")
        programs["platform"] = platform_of(self.app)
        self.callers = {"nobody": Visitor(self.app), **people, **programs}
        self.roles = {name: _roles_of(caller) for name, caller in self.callers.items()}

    def visitor(self, name: str) -> Visitor:
        """A caller with a browser."""
        caller = self.callers[name]
        assert isinstance(caller, Visitor)
        return caller

    def program(self, name: str) -> Machine:
        """A caller with a token."""
        caller = self.callers[name]
        assert isinstance(caller, Machine)
        return caller

    def object(self, kind: str) -> Owned:
        """The object of a kind."""
        if kind not in self._objects:
            self._objects[kind] = _MAKE[kind](self)
        return self._objects[kind]

    def admits(self, guard: Guard, name: str) -> bool:
        """Whether a guard lets a caller pass."""
        known = self.roles[name]
        return known is not None and guard.admits(Principal(known[0], 0, 0, "", known[1]))


def _roles_of(caller: Caller) -> tuple[PrincipalKind, frozenset[str]] | None:
    me = caller.get("/api/v1/me")
    if me.status_code != 200:
        return None
    kind: PrincipalKind = me.get_json()["account"].partition(":")[0]
    return kind, frozenset(me.get_json()["roles"])


def _licence(world: World) -> Owned:
    identifier = identifier_of(world.visitor("li"), FOOD)
    return Owned(identifier, (identifier,))


def _showing(world: World) -> Owned:
    showing = show(world.visitor("li"))["id"]
    return Owned(showing, (showing,))


def _delegation(world: World) -> Owned:
    delegation = listed(world.visitor("elder"))[0]["id"]
    return Owned(delegation, (delegation,))


def _administrator(world: World) -> Owned:
    found = world.visitor("company").get("/api/v1/me/administrators").get_json()["items"][0]["id"]
    return Owned(found, (found,))


def _entry(world: World) -> Owned:
    return Owned(str(world.visitor("li").get("/api/v1/me/inbox").get_json()["items"][0]["id"]))


def _verification(world: World) -> Owned:
    verdict = verify(world.visitor("desk"), show(world.visitor("li"))["text"])
    assert verdict["verdict"] == "accepted"
    return Owned(verdict["id"], (verdict["id"],))


def _look_up(world: World) -> Owned:
    told = holdings(world.visitor("desk"), {"code": show(world.visitor("li"))["text"]}, RENEWAL)
    return Owned(told["id"], (told["id"],))


def _number(world: World) -> Owned:
    number = draw(world.visitor("desk"))
    return Owned(number, (number,))


def _draft(world: World) -> Owned:
    mark = "只有起草单位和管理单位知道的依据"
    content = food_content(world.app) | {"basis": mark}
    return Owned(begun(world.visitor("issuer"), FOOD, content), (mark,))


def _item_draft(world: World) -> Owned:
    mark = "只有用证单位和管理单位知道的依据"
    content = item_content(world.app, IDENTITY) | {"basis": mark}
    return Owned(begun_item(world.visitor("responsible"), IDENTITY, content), (mark,))


def _report(world: World) -> Owned:
    mark = "只有本单位和管理单位知道的故障"
    body = {
        "started_at": f"{day(-1)}T08:00:00+08:00",
        "what": mark,
        "types": [FOOD],
        "measures": [],
    }
    answer = world.program("issuing").post("/api/v1/force-majeure", body)
    assert answer.status_code == 201, answer.text
    return Owned(answer.get_json()["id"], (mark, answer.get_json()["id"]))


def _batch(world: World) -> Owned:
    issuing, data = world.program("issuing"), deps_of(world.app).config.data
    made = taken_in(world.app, issuing, csv_of([row_of(food_licence(data, number=""))]), "csv")
    return Owned(made["id"], (made["id"],))


def _check(world: World) -> Owned:
    check = sent(world.program("platform"), [COMPANY])["id"]
    answer_all(deps_of(world.app))
    return Owned(check, (check,))


def _reconciliation(world: World) -> Owned:
    issuing = world.program("issuing")
    answer = issuing.http.post(
        f"/api/v1/reconciliations?type={FOOD}&from={day(-30)}&to={day(0)}",
        data='{"number": "JY11506020990001", "version": 1, "status": "valid"}\n',
        headers=issuing.headers | {"Content-Type": "application/x-ndjson"},
    )
    assert answer.status_code == 201, answer.text
    return Owned(answer.get_json()["id"], (answer.get_json()["id"],))


def _review(world: World) -> Owned:
    identifier = issue(world.program("issuing"), drug_permit())["identifier"]
    return Owned(identifier, (identifier,))


def _alert(world: World) -> Owned:
    beyond(ask(world.visitor("desk"), "not a code", "no-such-item"))
    return Owned(str(alerts(deps_of(world.app))[-1].id))


def _client(world: World) -> Owned:
    body = {"unit": HALL, "name": "只有本单位和管理单位知道的系统", "roles": ["relying"]}
    answer = world.program("managing").post("/api/v1/clients", body)
    assert answer.status_code == 201, answer.text
    return Owned(answer.get_json()["client_id"], (str(body["name"]),))


def _act(world: World) -> Owned:
    wang = world.visitor("counter")
    session = begun_assistance(world.app, wang)
    act = prepared(wang, session)
    return Owned(act["id"], also={"assistance_id": session["id"]})


def _desk_refusal(world: World) -> Owned:
    told = "只有反映人和管理单位知道的经过"
    body = {
        "item": RENEWAL,
        "kind": "code",
        "on": day(0),
        "told": told,
    }
    answer = world.visitor("li").post("/api/v1/desk-refusals", body)
    assert answer.status_code == 201, answer.text
    return Owned(answer.get_json()["id"], (told,))


def _hand_over(world: World) -> Owned:
    wang = world.visitor("counter")
    session = begun_assistance(world.app, wang)
    one = handed(wang, session, world.object("number").name)
    return Owned(one["id"], also={"assistance_id": session["id"]})


def _visit_list(world: World) -> Owned:
    one = person(world.app) | {"matter": "只有本单位知道的事"}
    answer = world.visitor("counter").post("/api/v1/visit-lists", {"day": day(0), "persons": [one]})
    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    return Owned(made["id"], ("只有本单位知道的事",), {"visit_id": made["visits"][0]["id"]})


def _visit(world: World) -> Owned:
    made = world.object("visit_list")
    return Owned(made.also["visit_id"], also={"list_id": made.name})


def _slips(world: World) -> Owned:
    answer = world.visitor("counter").post("/api/v1/slip-blocks", {"count": 1})
    assert answer.status_code == 201, answer.text
    return Owned(answer.get_json()["id"], tuple(answer.get_json()["numbers"]))


_MAKE: Final[dict[str, Callable[[World], Owned]]] = {
    "licence": _licence,
    "showing": _showing,
    "delegation": _delegation,
    "administrator": _administrator,
    "entry": _entry,
    "verification": _verification,
    "look_up": _look_up,
    "number": _number,
    "draft": _draft,
    # What is published of an item is everybody's; who may take it off the list is not.
    "item": lambda _world: Owned("utility-transfer"),
    "item_draft": _item_draft,
    "report": _report,
    "batch": _batch,
    "check": _check,
    "reconciliation": _reconciliation,
    "review": _review,
    "assistance": lambda world: Owned(begun_assistance(world.app, world.visitor("counter"))["id"]),
    "act": _act,
    "slips": _slips,
    "visit_list": _visit_list,
    "visit": _visit,
    "slip": lambda world: Owned(world.object("slips").secrets[0]),
    "hand_over": _hand_over,
    "desk_refusal": _desk_refusal,
    "house_desk": lambda world: Owned(
        world.object("number").name,
        also={"assistance_id": begun_assistance(world.app, world.visitor("counter"))["id"]},
    ),
    "confirmation": lambda world: Owned(world.object("act").name),
    "copy": lambda world: Owned(
        printed(world.visitor("counter"), begun_assistance(world.app, world.visitor("counter")))[
            "serial"
        ]
    ),
    # The first of the demo is the bank's, with the first proof.
    "application": lambda _world: Owned("1", ("为行动不便的老年客户上门登记服务",)),
    "application_draft": lambda _world: Owned("1"),
    "application_proof": lambda _world: Owned("1", ("登记证明（演示）",)),
    "district": lambda _world: Owned(DISTRICT),
    "grant": lambda world: Owned(str(grant_ids(deps_of(world.app))[0])),
    "alert": _alert,
    "client": _client,
    "type": lambda _world: Owned(FOOD),
    # What it says is everybody's; only those above the unit that keeps it change it.
    "document": lambda _world: Owned("ordos-2022-161"),
    "basis": lambda _world: Owned("ordos-2022-161"),
    # The phone number of its responsible person is all that a unit keeps from others.
    "unit": lambda _world: Owned(HALL, ("0477-8500001",)),
    "account": lambda _world: Owned("desk-zhao", ("desk-zhao",)),
}
