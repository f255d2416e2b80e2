"""The operations of the API that take something, and who passes their guards."""

from __future__ import annotations

import json
from typing import Any, Final

from werkzeug.test import TestResponse

from tests.support.people import Machine, Visitor

Callers = dict[str, Visitor | Machine]
"""Who passes the guards: holder, desk, issuer, manager, issuing."""

BODIES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "/api/v1/licences": ("issuing", {
        "type": "food-operation-permit", "number": "JY1", "version": 1, "identifier": None,
        "holders": [{"kind": "person", "code_type": "111", "code": "x", "name": "x"}],
        "issued_on": "2026-01-01", "valid_from": "2026-01-01", "valid_until": None,
        "area_code": "150602", "fields": {},
    }),
    "/api/v1/licences/x/status": ("issuing", {
        "status": "suspended", "code": "02", "reason": "x", "basis": "x",
    }),
    "/api/v1/catalogue-drafts": ("issuer", {"code": "a-new-type", "content": {"name": "x"}}),
    "/api/v1/catalogue-drafts/x/review": ("manager", {"decision": "return", "reason": "x"}),
    "/api/v1/item-drafts/x/review": ("manager", {"decision": "return", "reason": "x"}),
    "/api/v1/items/x/withdrawal": ("manager", {"reason": "x"}),
    "/api/v1/reviews/x": ("issuer", {"decision": "return", "reason": "x"}),
    "/api/v1/me/codes": ("holder", {"licences": ["x"], "item": "x"}),
    "/api/v1/me/delegations": ("holder", {
        "delegate": {"code_type": "111", "code": "150602199809214222", "name": "x"},
        "licences": ["x"], "items": ["x"], "starts_on": "2026-01-01", "ends_on": "2026-01-02",
    }),
    "/api/v1/me/delegations/x/answer": ("holder", {"accept": True}),
    "/api/v1/me/administrators": ("holder", {
        "organisation": "x", "code_type": "111", "code": "150602199809214222", "name": "x",
    }),
    "/api/v1/me/administrators/x/answer": ("holder", {"accept": True}),
    "/api/v1/public/verifications": ("holder", {"code": "x"}),
    "/api/v1/verifications": ("desk", {"code": "x", "item": "food-permit-renewal", "terminal": "1"}),
    "/api/v1/offline-verifications": ("desk", {"judgements": [{
        "id": "AAAAAAAAAAAAAAAAAAAAAA", "code": "x", "item": "food-permit-renewal",
        "judged_at": "2026-11-22T10:00:00Z", "verdict": "accepted", "reason": "ok",
    }], "terminal": "1"}),
    "/api/v1/verifications/x/outcome": ("desk", {"outcome": "served"}),
}  # fmt: skip
PATHS: Final = {
    "/api/v1/catalogue/{}": "holder",
    "/api/v1/me/licences/{}": "holder",
    "/api/v1/catalogue-drafts/{}": "manager",
    "/api/v1/items/{}": "holder",
    "/api/v1/item-drafts/{}": "manager",
    "/api/v1/reviews/{}": "issuer",
    "/api/v1/me/codes/{}": "holder",
    "/api/v1/me/delegations/{}": "holder",
    "/api/v1/verifications/{}": "desk",
}
LISTS: Final = {
    "/api/v1/catalogue": "holder",
    "/api/v1/items": "holder",
    "/api/v1/me/licences": "holder",
    "/api/v1/reviews": "issuer",
    "/api/v1/catalogue-drafts": "manager",
    "/api/v1/item-drafts": "manager",
    "/api/v1/items/food-permit-renewal/versions": "holder",
    "/api/v1/catalogue/food-operation-permit/versions": "holder",
    "/api/v1/me/uses": "holder",
    "/api/v1/me/delegations": "holder",
}


def send(caller: Visitor | Machine, path: str, body: Any) -> TestResponse:
    """POST any JSON, NaN and the like included."""
    headers = caller.headers if isinstance(caller, Machine) else caller._csrf()
    return caller.http.post(
        path,
        data=json.dumps(body),
        content_type="application/json",
        headers=headers | {"Idempotency-Key": "garbage"},
    )
