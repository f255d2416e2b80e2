/** What was judged offline: told to the library once it is back, and what it found otherwise. */

import { Problem, call } from "../js/api.js";
import { all, transact } from "./store.js";

const AT_ONCE = 50; // judgements that the library takes at once
const BODY_LONGEST = 48 * 1024; // characters of code texts at once
const WAIT = 30000; // ms
const LOCK = "desk.unsent"; // of all tabs, one sends

/** Everything not sent yet, of whichever clerk. */
export const unsent = () => all("unsent");
/** What the library found otherwise, to be acknowledged, of whichever clerk. */
export const conflicts = () => all("conflicts");

/** Note what became of a person whose judgement is not sent yet; false when it has been sent. */
export async function noteOutcome(id, outcome) {
  const answer = { noted: false };
  await transact(["unsent"], ({ unsent: store }) => {
    store.get(id).onsuccess = ({ target: { result: entry } }) => {
      if (!entry) return;
      answer.noted = true;
      store.put({ ...entry, outcome });
    };
  });
  return answer.noted;
}

export const acknowledge = (id) => transact(["conflicts"], (stores) => { stores.conflicts.delete(id); });

/**
 * Send what this account judged, oldest first. `sent()` is called after each batch. Rejects with a Problem
 * when the library does not take it; what it has not answered stays, and may safely be sent twice.
 */
export function sendAll(account, sent) {
  const whole = async (lock) => {
    if (!lock) return;
    for (;;) {
      const own = (await unsent()).filter((entry) => entry.account === account);
      if (!own.length) return;
      await send(batch(own));
      await sent();
    }
  };
  return navigator.locks.request(LOCK, { ifAvailable: true }, whole);
}

function batch(entries) {
  const ordered = [...entries].sort((a, b) => a.judged_at.localeCompare(b.judged_at));
  let length = 0;
  return ordered.slice(0, AT_ONCE).filter((entry, place) => {
    length += entry.code.length;
    return place === 0 || length <= BODY_LONGEST;
  });
}

async function send(entries) {
  const judgements = entries.map(({ id, code, item, judged_at, verdict, reason }) => (
    { id, code, item, judged_at, verdict, reason }));
  let findings;
  try {
    findings = await report(judgements);
  } catch (problem) {
    // One that the library cannot read must not hold up the others.
    if (problem.status !== 422) throw problem;
    if (entries.length > 1) {
      for (const entry of entries) await send([entry]);
      return;
    }
    findings = [{ id: entries[0].id, problem: problem.slug, message: problem.detail, checked_at: new Date().toISOString() }];
  }
  for (const finding of findings) {
    const entry = entries.find((one) => one.id === finding.id);
    if (entry) await settle(entry, finding);
  }
}

/** The library's findings; it takes so many reports in a time, and says how long (s) to wait. */
async function report(judgements) {
  for (;;) {
    try {
      return (await call("POST", "/offline-verifications", { judgements }, { wait: WAIT })).items;
    } catch (problem) {
      if (problem.status !== 429) throw problem;
      await new Promise((done) => { setTimeout(done, (problem.retryAfter ?? 1) * 1000); });
    }
  }
}

async function settle(entry, finding) {
  if (entry.outcome && !finding.problem) await tell(entry);
  const differs = finding.conflict || finding.problem;
  await transact(["unsent", "conflicts"], (stores) => {
    if (differs) {
      const { id, judged_at, item, label, account, outcome } = entry;
      stores.conflicts.put({ id, judged_at, item, label, account, outcome, finding });
    }
    stores.unsent.delete(entry.id);
  });
}

/** Tell what became of the person, as at any other time. */
async function tell({ id, outcome }) {
  try {
    await call("POST", `/verifications/${encodeURIComponent(id)}/outcome`, { outcome });
  } catch (problem) {
    const said = problem instanceof Problem && [404, 409, 422].includes(problem.status);
    if (!said) throw problem;
  }
}
