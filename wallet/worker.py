"""What runs beside the server: finish, deliver, clear away, publish. Every round may be repeated."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection, delete

from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.database import DATABASE_ERRORS
from wallet.base.deps import Deps
from wallet.base.key_changes import record, record_noted
from wallet.base.key_files import change, read_states
from wallet.base.key_states import on_schedule
from wallet.catalogue.use_list.due import publish_due_items
from wallet.counter.acts.lapse import lapse_acts
from wallet.counter.visits.prepare import forget_visits
from wallet.errors import ConfigurationError, Unavailable
from wallet.holders.acting import announce_over
from wallet.holders.administrators.lapse import tell_of_lapsed
from wallet.licences.batches.claim import Overtaken, claim_next, clear_batch_files
from wallet.licences.batches.work import work_off
from wallet.licences.delegations.tell import tell_of_ends
from wallet.licences.documents.kept import forget_documents
from wallet.licences.in_step.force_majeure import recount_deadlines
from wallet.licences.in_step.reconciliations import forget_differences
from wallet.licences.issue import issue, pending_before
from wallet.licences.model import IdempotencyKey
from wallet.licences.status.expire import note_expired
from wallet.licences.status.lists import publish_due
from wallet.licences.status.remind import remind
from wallet.organisations.model import ClientAssertion
from wallet.queue.fan_out import fan_out
from wallet.queue.send import send_off
from wallet.relying.federation.bundles import refresh_bundles
from wallet.relying.merchant_checks.answer import answer_some
from wallet.relying.merchant_checks.forget import forget_checks
from wallet.relying.notices.tell import tell_of_ending_grants
from wallet.relying.onboarding.forget import forget_proofs
from wallet.showing.look_up_notices import tell_of_look_ups
from wallet.showing.notices import tell_of_uses
from wallet.showing.questions import lapse_overdue
from wallet.web.oidc.attempt import forget_used
from wallet.web.sessions import end_lapsed_sessions

BATCH: Final = 100
"""Licences whose end is noted, or told before, and delegations that are over, in one transaction."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class WorkDone:
    """What one round did: licences finished, questions to holders whose time was over, verifications
    and look-ups to tell of, news delivered, licences expired, delegations over, items that count from that day on, grants told of; rows cleared away, keys, deadlines
    reckoned anew; lines of platforms' lists answered; lists, proofs and what nobody confirmed at a counter forgotten."""

    issued: int
    lapsed: int
    told: int
    delivered: int
    expired: int
    reminded: int
    ended: int
    published: int
    grants: int
    sessions: int
    idempotency_keys: int
    assertions: int
    attempts: int
    deadlines: int
    differences: int
    visits: int
    key_changes: int
    document_days: int
    checked: int
    forgotten: int

    @property
    def anything(self) -> bool:
        """Whether there may be more of it."""
        more = (
            self.issued,
            self.told,
            self.delivered,
            self.expired,
            self.reminded,
            self.ended,
            self.published,
            self.grants,
            self.checked,
            self.forgotten,
        )
        return any(more)


def work_once(deps: Deps, now: datetime) -> WorkDone:
    """One round."""
    return WorkDone(
        issued=_finish_pending(deps, now),
        lapsed=lapse_overdue(deps, now),
        told=tell_of_uses(deps, now) + tell_of_look_ups(deps, now),
        delivered=_fan_out(deps, now),
        expired=note_expired(deps, now, BATCH),
        reminded=remind(deps, now, BATCH),
        ended=tell_of_ends(deps, now, BATCH)
        + announce_over(deps, now, BATCH)
        + tell_of_lapsed(deps, now, BATCH),
        published=publish_due_items(deps, now, BATCH),
        grants=tell_of_ending_grants(deps, now, BATCH),
        **_clear_away(deps, now),
        key_changes=_keep_keys(deps, now),
        document_days=forget_documents(deps, now),
        checked=_answer_lists(deps, now),
        forgotten=forget_checks(deps, now)
        + forget_proofs(deps, now, BATCH)
        + lapse_acts(deps, now, BATCH),
    )


def work(deps: Deps, stop: threading.Event) -> None:
    """Rounds until `stop` is set; beside them batches, the queue and other regions' bundles: a large batch or a slow
    peer keeps nobody waiting."""
    beside = [
        threading.Thread(target=_work_batches_off, args=(deps, stop), name="batches"),
        threading.Thread(target=refresh_bundles, args=(deps, stop), name="federation"),
        threading.Thread(target=send_off, args=(deps, stop), name="queue"),
    ]
    for thread in beside:
        thread.start()
    try:
        _rounds(deps, stop)
    finally:
        stop.set()
        for thread in beside:
            thread.join()


def _work_batches_off(deps: Deps, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            if batch := claim_next(deps, read_clock()):
                work_off(deps, batch, read_clock, stop.is_set)
                continue
            clear_batch_files(deps, read_clock())
        except Overtaken:
            continue
        except DATABASE_ERRORS as error:
            _log.error("batch interrupted", error=type(error).__name__)
        except Unavailable:
            _log.error("batch interrupted", error="not signed")
        except Exception:  # noqa: BLE001 - one bad batch must not end the others
            _log.error("batch interrupted", exc_info=True)
        stop.wait(numbers.WORKER_PAUSE)


def _rounds(deps: Deps, stop: threading.Event) -> None:
    """A database that is away is waited for."""
    while not stop.is_set():
        now = read_clock()
        try:
            _keep_marks(deps, now)
            done = work_once(deps, now)
            publish_due(deps, now)
        except DATABASE_ERRORS as error:
            # The message of a database error may hold values of a row: only its class is logged.
            _log.error("database unavailable", error=type(error).__name__)
        except OSError as error:
            _log.error("status list not written", error=error.strerror)
        except Unavailable:
            _log.error("status list not signed")
        except Exception:  # noqa: BLE001 - one bad round must not end the others
            _log.error("round interrupted", exc_info=True)
        else:
            if done.anything:
                _log.info(
                    "worked",
                    issued=done.issued,
                    delivered=done.delivered,
                    expired=done.expired,
                    reminded=done.reminded,
                )
                continue
        stop.wait(numbers.WORKER_PAUSE)


def _keep_marks(deps: Deps, now: datetime) -> None:
    """First of all: what comes after must know whether the database was put back."""
    try:
        deps.epoch.tick(deps.db, now)
    except OSError as error:
        # A marker that cannot be written now must not keep licences waiting.
        _log.error("epoch not noted", error=error.strerror)


def _finish_pending(deps: Deps, now: datetime) -> int:
    """Issue what a crash left pending."""
    with deps.db.read() as tx:
        pending = tx.execute(pending_before(now, numbers.SWEEP_AFTER)).scalars().all()
    return sum(_finish(deps, licence_id, now) for licence_id in pending)


def _finish(deps: Deps, licence_id: int, now: datetime) -> bool:
    try:
        issue(deps, licence_id, now)
    except DATABASE_ERRORS:
        raise
    except Unavailable:
        return False  # whoever could not be reached has logged why
    except Exception:  # noqa: BLE001 - one bad licence must not keep the others waiting
        _log.error("licence not issued", licence=licence_id, exc_info=True)
        return False
    return True


def _fan_out(deps: Deps, now: datetime) -> int:
    """Fan messages out; one that cannot be must not keep expiry and status lists waiting."""
    try:
        return fan_out(deps, now)
    except DATABASE_ERRORS:
        raise
    except Exception:  # noqa: BLE001 - see above
        _log.error("messages not fanned out", exc_info=True)
        return 0


def _answer_lists(deps: Deps, now: datetime) -> int:
    """Answer lines of platforms' lists; one that cannot be must not keep status lists waiting."""
    try:
        return answer_some(deps, now)
    except DATABASE_ERRORS:
        raise
    except Exception:  # noqa: BLE001 - see above
        _log.error("merchant check interrupted", exc_info=True)
        return 0


def _keep_keys(deps: Deps, now: datetime) -> int:
    """Rotate and retire keys when it is time; returns how many changed their state."""
    config = deps.config
    rule = partial(on_schedule, days=config.key_days, now=now)
    try:
        record_noted(deps.db, config.keys_dir)
        before = read_states(config.keys_dir)
        if rule(before) == before:
            return 0
        after = change(
            config.keys_dir,
            config.secret_key,
            now,
            rule,
            token=deps.keys.token,
            record=partial(record, deps.db, by="schedule", hurry=False),
        )
    except (ConfigurationError, OSError) as error:
        # Keys that cannot be kept now must not keep licences waiting.
        _log.error("keys not kept", error=type(error).__name__)
        return 0
    changed = {kid: key.state for kid, key in after.items() if before.get(kid) != key}
    _log.info("keys changed", **changed)
    return len(changed)


def _clear_away(deps: Deps, now: datetime) -> dict[str, int]:
    with deps.db.begin() as tx:
        return {
            "sessions": end_lapsed_sessions(tx, now),
            "idempotency_keys": _forget_idempotency_keys(tx, now),
            "assertions": tx.execute(
                delete(ClientAssertion).where(ClientAssertion.expires_at <= now)
            ).rowcount,
            "attempts": forget_used(tx, now),
            "deadlines": recount_deadlines(tx),
            "differences": forget_differences(tx, now),
            "visits": forget_visits(tx, now),
        }


def _forget_idempotency_keys(tx: Connection, now: datetime) -> int:
    limit = now - timedelta(days=numbers.IDEMPOTENCY_DAYS)
    return tx.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at <= limit)).rowcount
