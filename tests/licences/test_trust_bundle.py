"""The trust bundle that the library publishes is one that `verify` reads."""

from __future__ import annotations

from flask import Flask
from joserfc.jwk import KeySet
from sqlalchemy import select

from tests.support.clock import Clock
from tests.support.shared import deps_of
from verify.trust import TRUST_PATH, read_bundle
from wallet.catalogue.model import LicenceType
from wallet.licences.model import StatusEntry
from wallet.licences.status.lists import published_list


def test_a_desk_reads_keys_types_and_statuses_from_it(app: Flask, clock: Clock) -> None:
    deps = deps_of(app)
    answer = app.test_client().get(TRUST_PATH)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    bundle = read_bundle(answer.get_json())
    assert (bundle.issuer, bundle.as_of) == (deps.keys.issuer, clock.now.timestamp())
    assert {kid: {bundle.issuer: key} for kid, key in bundle.keys.items()} == deps.keys.public
    with deps.db.read() as tx:
        types = tx.execute(select(LicenceType.short_number, LicenceType.name)).all()
        indices = list(tx.execute(select(StatusEntry.index)).scalars())
    assert bundle.types == {row.short_number: row.name for row in types}
    entries = published_list(deps, 0, clock.now).content.entries
    read_back = [entry.status for entry in map(bundle.entry, indices) if entry]
    assert read_back == [entries.status(i) for i in indices]


def test_to_any_other_library_it_is_a_set_of_keys(app: Flask) -> None:
    document = app.test_client().get(TRUST_PATH).get_json()
    keys = KeySet.import_key_set({"keys": document["keys"]})
    published = app.test_client().get("/.well-known/jwks.json").get_json()
    assert document["keys"] == published["keys"]
    assert {key.kid for key in keys} == {key["kid"] for key in published["keys"]}
