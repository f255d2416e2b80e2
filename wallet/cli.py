"""The commands: `liangzheng …`, the same as `python -m wallet …`.

Settings come from the environment (docs/operator.md) and, for a demo, from its data folder.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import click
from sqlalchemy.exc import ArgumentError

from wallet.backup import restore_backup, write_backup
from wallet.base.clock import read_clock, rfc3339
from wallet.base.database import DATABASE_ERRORS, Database
from wallet.base.deps import build_deps
from wallet.base.epoch import Epoch
from wallet.base.key_changes import note, record
from wallet.base.key_files import change, read_states
from wallet.base.key_pairs import configured_token, place_of
from wallet.base.key_states import KeyState, States, retired, retires_at, rotated, signs_from
from wallet.base.logs import configure_logging
from wallet.catalogue.use_list.command import items
from wallet.config import Config, load_config
from wallet.demo.run import run_demo
from wallet.doctor import examine
from wallet.errors import ConfigurationError
from wallet.holders.representatives.command import representatives
from wallet.licences.archive.command import archive_command
from wallet.licences.batches.command import import_licences
from wallet.licences.delivery.channel_commands import channels
from wallet.licences.documents.seal_commands import seals
from wallet.licences.exempt_command import exempt_command
from wallet.migrations import migrate as migrate_database
from wallet.organisations.units.command import units
from wallet.queue.command import queue
from wallet.relying.federation.command import federation
from wallet.serve import serve as serve_app
from wallet.worker import work

_FILE = click.Path(dir_okay=False, path_type=Path)


class Commands(click.Group):
    """Commands whose foreseeable failures are one line, not a stack."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ConfigurationError as error:
            raise click.ClickException(str(error)) from None
        except ArgumentError:
            raise click.ClickException("LIANGZHENG_DATABASE_URL is no database's URL") from None
        except PermissionError as error:
            raise click.ClickException(f"no permission for {error.filename}") from None
        except DATABASE_ERRORS as error:
            raise click.ClickException(
                f"the database does not answer ({type(error).__name__}); "
                "check LIANGZHENG_DATABASE_URL"
            ) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="liangzheng")
def main() -> None:
    """亮证 Liangzheng: electronic licences shown as live codes, checked by any desk."""
    os.umask(0o077)  # keys, database and demo files are for this user alone


main.add_command(seals)
main.add_command(channels)
main.add_command(units)
main.add_command(items)
main.add_command(queue)
main.add_command(federation)
main.add_command(exempt_command)
main.add_command(import_licences)
main.add_command(archive_command)
main.add_command(representatives)


@main.command()
def serve() -> None:
    """Serve pages and API on HOST and PORT."""
    config = _config()
    serve_app(config)


@main.command()
def migrate() -> None:
    """Bring the database to this version, making its tables on first use."""
    db = Database(_config().database_url)
    migrate_database(db)
    db.close()
    click.echo("The database is up to date.")


@main.command()
def worker() -> None:
    """Run what happens beside the server: finish, deliver, clear away."""
    deps = build_deps(_config())
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    work(deps, stop)
    deps.db.close()


_now = click.option(
    "--now",
    "hurry",
    is_flag=True,
    help="A key was stolen: do not wait for codes and trust bundles that still need it.",
)


@main.group()
def keys() -> None:
    """The library's signing keys."""


@keys.command("list")
def list_keys() -> None:
    """Show each key: its kid, where it lives, its state, since when, and what comes next."""
    config = _config()
    states = read_states(config.keys_dir)
    if not states:
        click.echo("No key yet; the server makes one when it first starts.")
    _say_keys(config, states)


@keys.command()
@_now
def rotate(*, hurry: bool) -> None:
    """Let the next key sign. The current one becomes previous: its codes stay good."""
    _change_keys(rotated, hurry=hurry)


@keys.command()
@click.argument("kid")
@_now
def retire(kid: str, *, hurry: bool) -> None:
    """Refuse what the key KID signed, everywhere within a minute."""
    _change_keys(partial(retired, kid=kid), hurry=hurry)


@main.command()
@click.option(
    "-o", "--output", "file", required=True, type=_FILE, help="Where to; it must not exist."
)
def backup(file: Path) -> None:
    """Write database and keys into one FILE; server and worker may go on.

    The secret is not in it, nor are the status lists: keep those apart, and as new as you can.
    """
    write_backup(_config(), file, read_clock())
    click.echo(f"Backup written: {file}, {file.stat().st_size:,} bytes.")


@main.command()
@click.argument("file", required=False, type=_FILE)
@click.option(
    "--confirm",
    is_flag=True,
    help="What came after the backup has been sent in again, or is not needed.",
)
def restore(file: Path | None, *, confirm: bool) -> None:
    """Put the database back to what FILE holds; stop server and worker first.

    Live codes are accepted again 90 seconds later. Until --confirm, a licence is also judged by the
    published status lists, which know what was revoked after the backup.
    """
    if (file is None) is not confirm:
        raise click.UsageError("give either the FILE of a backup or --confirm")
    config, now = _config(), read_clock()
    if file is not None:
        made_at = restore_backup(config, file, now)
        click.echo(f"The database is as it was at {rfc3339(made_at)}. Start server and worker.")
        click.echo("Send in again what came after, then run: liangzheng restore --confirm")
        return
    db = Database(config.database_url)
    noticed_at = Epoch(config.data).confirm(db, now)
    db.close()
    if noticed_at is None:
        click.echo("There is no restore to confirm.")
    else:
        click.echo(f"Confirmed: the restore noticed at {rfc3339(noticed_at)}.")


@main.command()
def doctor() -> None:
    """Check settings, database and key files; exit 1 when something is not well."""
    findings = list(examine(_config(), read_clock()))
    for finding in findings:
        line = f"{'ok     ' if finding.well else 'PROBLEM'}  {finding.subject}"
        note = f": {finding.advice}" if finding.advice and not finding.well else ""
        click.echo(line + note)
    if not all(finding.well for finding in findings):
        sys.exit(1)


@main.command()
def demo() -> None:
    """Serve a complete demo with invented people, kept in the folder DATA."""
    sys.exit(run_demo(os.environ))


def _change_keys(rule: Callable[..., States], *, hurry: bool) -> None:
    config, now = _config(), read_clock()
    db = Database(config.database_url)
    unrecorded: list[str] = []

    def record_it(changed: States) -> None:
        try:
            record(db, changed, "command", hurry=hurry)
        except DATABASE_ERRORS:
            if not hurry:
                raise ConfigurationError(
                    "the database did not record the change, so it was not made; check "
                    "LIANGZHENG_DATABASE_URL (for a key that was stolen, --now makes it)"
                ) from None
            note(config.keys_dir, changed, "command", hurry=hurry)
            unrecorded.extend(changed)

    before = read_states(config.keys_dir)
    after = change(
        config.keys_dir,
        config.secret_key,
        now,
        partial(rule, now=now, hurry=hurry),
        token=configured_token(config),
        record=record_it,
    )
    db.close()
    _say_keys(config, {kid: key for kid, key in after.items() if before.get(kid) != key})
    if unrecorded:
        click.echo("Not recorded yet: the database does not answer. The worker will record it.")


def _say_keys(config: Config, states: States) -> None:
    for kid, key in states.items():
        place = place_of(config.keys_dir, kid)
        since = rfc3339(key.since)
        click.echo(f"{kid}  {place:5}  {key.state:8}  since {since}  {_prospect(key)}")


def _prospect(key: KeyState) -> str:
    return {
        "next": f"may sign from {rfc3339(signs_from(key))}",
        "current": "signs",
        "previous": f"verifies, retires {rfc3339(retires_at(key))}",
        "retired": "refused",
    }[key.state]


def _config() -> Config:
    config = load_config(os.environ)
    configure_logging(config.log_level)
    return config
