"""`liangzheng channels …`: adding and changing delivery channels."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from tests.support.showing import events
from wallet.base.deps import Deps
from wallet.base.webhooks import read_secret
from wallet.cli import main
from wallet.queue.destinations import senders

URL = "https://channel.example.gov.cn/licences"


def channels(deps: Deps, *words: str) -> Result:
    environment = {
        "DATA": str(deps.config.data),
        "LIANGZHENG_SECRET_KEY": deps.config.secret_key,
        "LIANGZHENG_DATABASE_URL": deps.config.database_url,
    }
    return CliRunner(env=environment).invoke(main, ["channels", *words])


def test_a_channel_is_added_with_a_secret_that_is_shown_once_and_then_changed(deps: Deps) -> None:
    added = channels(deps, "set", "app", "--name", "某应用（演示）", "--url", URL, "--holder-code")
    secret = added.output.split("once: ")[1].strip()
    assert len(read_secret(secret)) == 32
    assert "channel:app" in senders(deps)
    assert "whsec_" not in channels(deps, "set", "app", "--type", "business-licence").output
    listed = channels(deps, "list").output
    assert f"app  某应用（演示）  {URL}  person organisation  business-licence  codes" in listed
    assert secret not in listed
    assert channels(deps, "set", "app", "--new-secret").output.split("once: ")[1] != secret
    channels(deps, "set", "app", "--disable")
    assert "channel:app" not in senders(deps)
    assert [fields["changed"] for _, fields in events(deps, "channel.")][-1] == ["disabled_at"]
    assert secret not in str(events(deps, "channel."))


def test_the_channels_of_the_demo_are_not_connected_so_nothing_is_sent(deps: Deps) -> None:
    assert channels(deps, "list").output.count("not connected") == 4
    assert senders(deps) == {}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("set", "app"), "needs its --name"),
        (("set", "app", "--name", "x", "--url", "http://example.org/"), "must be https"),
        (("set", "app", "--name", "x", "--url", "ftp://127.0.0.1/"), "must be https"),
        (("set", "app", "--name", "x", "--kind", "animal"), "animal"),
    ],
    ids=["no name", "http", "ftp", "kind"],
)
def test_a_channel_that_cannot_be_is_refused(deps: Deps, words: tuple[str, ...], why: str) -> None:
    done = channels(deps, *words)
    assert done.exit_code != 0
    assert why in done.output
