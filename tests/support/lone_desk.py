"""A desk that runs alone on the bundle of a library that tests make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.bundles import AS_OF, a_bundle
from tests.support.codes import make, signer
from verify.alone import ITEM, LoneDesk
from verify.local_record import LocalRecord
from verify.serve import create_desk
from verify.trust import gather, load_trust, read_bundle, save_trust

NOW: Final = AS_OF + 60


class Alone:
    """A desk in a folder of its own, its library, and the time that it sees."""

    def __init__(self, folder: Path) -> None:
        self.library, self.folder, self.now = signer(), folder, float(NOW)
        save_trust(gather([read_bundle(a_bundle(self.library))]), folder / "trust.json")
        self.start()

    def start(self) -> None:
        """Start the desk on its files."""
        path = self.folder / "trust.json"
        self.record = LocalRecord(self.folder / "record")
        self.desk = LoneDesk(load_trust(path), path, self.record, lambda: self.now)
        self.app = create_desk(self.desk, "127.0.0.1")

    def stop(self) -> None:
        """End the desk; its files stay."""
        self.record.close()

    @property
    def page(self) -> FlaskClient:
        """A browser on the same machine."""
        return self.app.test_client()

    def code(self, recipe: Mapping[str, Any] | None = None, jti: str = "AAECAwQFBgcICQoL") -> str:
        """A code of the library, issued now."""
        return make(recipe or {}, replace(self.library, jti=jti), int(self.now))

    def ask(self, text: str, item: str = ITEM) -> TestResponse:
        """Send a code to verification."""
        return self.page.post("/api/v1/verifications", json={"code": text, "item": item})

    def verdict(self, text: str) -> dict[str, Any]:
        """Send a code to verification; gives the verdict, which there must be."""
        answer = self.ask(text)
        assert answer.status_code == 200, answer.text
        members: dict[str, Any] = answer.get_json()
        return members
