"""A desk that runs alone: it judges with trust bundles, and keeps a record of its own.

What `verify.check` leaves open stays open, and the verdict says so. Only this is known besides:
a live code that was accepted here is not accepted here again.
"""

from __future__ import annotations

import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Final

from werkzeug.exceptions import Conflict, Forbidden, NotFound

from verify.check import FORM, check
from verify.codes import CLOCK_TOLERANCE, Code, LiveCode, read
from verify.fetch import fetch_bundle, pause_after
from verify.judgements import Finding, Judgement
from verify.local_record import Entry, LocalRecord
from verify.trust import BundleError, Trust, renew, save_trust
from verify.verdict import Outcome, Reason, Refused, Verdict, WantedFields, sentence

ITEM: Final = "offline"
"""The only item of a desk that runs alone."""
_REMEMBERED: Final = 100
"""Verdicts that can be looked at again with what they showed."""
_RECORDED: Final = "已记在本机。"


class LoneDesk:
    """The desk's trust, which is renewed under it and saved to `path`, and its record."""

    def __init__(
        self,
        trust: Trust,
        path: Path,
        record: LocalRecord,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.trust = trust
        self._clock = clock
        self._path = path
        self._record = record
        self._shown: OrderedDict[str, Verdict] = OrderedDict()
        self._slow = False

    def judge(
        self, text: str, item: str, terminal: str | None, fields: WantedFields | None = None
    ) -> Verdict:
        """Judge a code now, which gives no field here; raises OSError where that cannot be recorded."""
        if item != ITEM:
            raise Forbidden("本机只做离线核验，没有登记别的事项。")
        now, trust = self._clock(), self.trust
        verdict, code = check(text, trust, now), _read(text, trust, now)
        if self._slow and verdict.reason not in FORM:
            verdict = _without_answer(verdict, "undetermined", "trust_stale")
        with self._record.lock:
            if verdict.outcome == "accepted" and self._is_used(code):
                verdict = _without_answer(verdict, "refused", "already_used")
            self._record.add(_entry(verdict.id, now, verdict.outcome, verdict.reason, item, code))
            self._shown[verdict.id] = verdict
            while len(self._shown) > _REMEMBERED:
                self._shown.popitem(last=False)
        return verdict

    def recall(self, verification_id: str) -> Verdict:
        """A verdict again, without what it showed when that was long ago; raises NotFound."""
        with self._record.lock:
            entry, shown = self._record.entry(verification_id), self._shown.get(verification_id)
        if entry is None:
            raise NotFound("没有找到这次核验。")
        return shown or _told(entry)

    def record_outcome(self, verification_id: str, outcome: str) -> None:
        """Keep what the desk did next, once; raises NotFound, Conflict and OSError."""
        with self._record.lock:
            if self._record.entry(verification_id) is None:
                raise NotFound("没有找到这次核验。")
            said = self._record.served(verification_id)
            if said not in (None, outcome):
                raise Conflict("这次核验已登记过结果，不能再改。")
            if said is None:
                self._record.add_served(verification_id, outcome, self._clock())

    def reconcile(self, judgements: Sequence[Judgement], terminal: str | None) -> list[Finding]:
        """Take in what the page judged while this desk did not answer; raises OSError."""
        return [self._take_in(judgement) for judgement in judgements]

    def refresh(self, issuer: str, address: str, stop: Event) -> None:
        """Fetch an issuer's bundle now and then, until `stop` is set; what fails is told and tried
        again."""
        failures = 0
        while True:
            try:
                self.renew(issuer, address)
                failures = 0
            except (BundleError, OSError) as error:
                failures += 1
                sys.stderr.write(f"{error}\n")
            if stop.wait(pause_after(failures)):
                return

    def renew(self, issuer: str, address: str) -> None:
        """Fetch an issuer's bundle and keep it; raises BundleError, and OSError when it cannot be
        saved, though it is used all the same.

        A bundle of a moment ago that is from the future says that this clock is slow. It goes on
        being slow when it has come to that time, so until a fetch says otherwise no time is told.
        """
        bundle = fetch_bundle(address)
        with self._record.lock:
            now = self._clock()
            if issuer == self.trust.home == bundle.issuer:
                self._slow = now < bundle.as_of - CLOCK_TOLERANCE
            self.trust = renew(self.trust, issuer, bundle, now)
            save_trust(self.trust, self._path)

    def _is_used(self, code: Code | None) -> bool:
        """Whether a code was accepted here; a copy on paper may be shown again."""
        return isinstance(code, LiveCode) and self._record.use_of(code.jti) is not None

    def _take_in(self, judgement: Judgement) -> Finding:
        at, outcome, reason = (
            judgement.judged_at.timestamp(),
            judgement.outcome,
            judgement.reason,
        )
        code = _read(judgement.code, self.trust, at)
        with self._record.lock:
            known = self._record.entry(judgement.id)
            if known is None:
                # The page has checked the code itself, with the bundle of that time.
                if outcome == "accepted" and code is None:
                    outcome, reason = "undetermined", "trust_stale"
                elif outcome == "accepted" and self._is_used(code):
                    outcome, reason = "refused", "already_used"
                known = _entry(judgement.id, at, outcome, reason, judgement.item, code)
                self._record.add(known)
        conflict = judgement.outcome == "accepted" != known.verdict
        return Finding(
            id=known.id,
            outcome=known.verdict,
            reason=known.reason,
            message=sentence(known.reason) if conflict else _RECORDED,
            checked_at=datetime.fromtimestamp(known.at, UTC),
            conflict=conflict,
        )


def _without_answer(verdict: Verdict, outcome: Outcome, reason: Reason) -> Verdict:
    return replace(
        verdict,
        outcome=outcome,
        reason=reason,
        message=sentence(reason),
        unchecked=(),
        licences=(),
    )


def _read(text: str, trust: Trust, now: float) -> Code | None:
    try:
        return read(text, trust.keys, now)
    except Refused:
        return None


def _entry(
    verification_id: str,
    at: float,
    outcome: Outcome,
    reason: Reason,
    item: str,
    code: Code | None,
) -> Entry:
    identity = (None, None) if code is None else (code.jti, code.ends_at)
    return Entry(verification_id, at, outcome, reason, item, *identity)


def _told(entry: Entry) -> Verdict:
    """What is left of a verdict that is no longer remembered."""
    at = datetime.fromtimestamp(entry.at, UTC)
    return Verdict(
        id=entry.id,
        outcome=entry.verdict,
        reason=entry.reason,
        message=sentence(entry.reason),
        checked_at=at,
        status_as_of=at,
        offline=True,
    )
