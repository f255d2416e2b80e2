"""A desk that runs alone on the bundle of a library that tests make."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.bundles import AS_OF, a_bundle, serving
from tests.support.codes import Signer, make, signer
from tests.support.server import free_port
from verify.alone import ITEM, LoneDesk
from verify.local_record import LocalRecord
from verify.serve import create_desk
from verify.trust import gather, load_trust, read_bundle, save_trust

NOW: Final = AS_OF + 60
START_SECONDS: Final = 30


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


@contextmanager
def running_desk(folder: Path) -> Iterator[tuple[str, Signer]]:
    """`python -m verify serve` on a free port, whose bundle a library gives; its address, and who
    signs that library's codes. It says nothing and stops when it is told to."""
    library, port = signer(), free_port()
    document = a_bundle(library, lists={}, as_of=time.strftime("%FT%TZ", time.gmtime()))
    with serving((200, json.dumps(document).encode(), {})) as (address, _asked):
        command = [
            sys.executable, "-m", "verify", "serve", "--trust", str(folder / "trust.json"),
            "--refresh", address, "--port", str(port),
        ]  # fmt: skip
        desk = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            _wait_until_ready(desk, f"http://127.0.0.1:{port}/desk")
            yield f"http://127.0.0.1:{port}", library
        finally:
            desk.send_signal(signal.SIGTERM)
            output, _ = desk.communicate(timeout=START_SECONDS)
        assert (desk.returncode, output.decode()) == (0, "")


def _wait_until_ready(desk: subprocess.Popen[bytes], address: str) -> None:
    limit = time.monotonic() + START_SECONDS
    while desk.poll() is None and time.monotonic() < limit:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the desk did not start: {desk.returncode}")
