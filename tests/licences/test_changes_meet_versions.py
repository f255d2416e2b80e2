"""A change of status and a newer version of the licence arrive at once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.licences import PATH, food_licence, issue, stored_licence
from tests.support.people import Machine
from tests.support.shared import deps_of
from tests.support.showing import refusal
from tests.support.statuses import REVOKE, send_status

ROUNDS = 20


def test_a_revoked_licence_does_not_come_back_in_the_version_that_met_it(
    issuer: Machine, shared_app: Flask, data: Path
) -> None:
    together = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        for number in range(ROUNDS):
            body = food_licence(data)
            first, second = issue(issuer, body)["identifier"], body | {"version": 2}

            def revoke(identifier: str = first) -> TestResponse:
                together.wait()
                return send_status(issuer, identifier, REVOKE)

            def renew(newer: dict[str, object] = second) -> TestResponse:
                together.wait()
                return issuer.post(PATH, newer, key=uuid.uuid4().hex)

            # In turns, so that each of the two is the first to be started.
            if number % 2:
                revoking, renewing = pool.submit(revoke), pool.submit(renew)
            else:
                renewing, revoking = pool.submit(renew), pool.submit(revoke)
            revoked, renewed = revoking.result(), renewing.result()
            if revoked.status_code != 200:
                assert refusal(revoked) == (409, "stale_version")
                assert renewed.status_code == 201
            elif renewed.status_code == 201:
                identifier = renewed.get_json()["identifier"]
                assert stored_licence(deps_of(shared_app), identifier).status == "revoked"
            else:
                assert refusal(renewed) == (409, "licence_revoked")
