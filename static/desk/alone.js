/** Judges with what this desk keeps, while the library cannot be reached. */

import { check, judged } from "../verify/check.js";
import { CLOCK_TOLERANCE } from "../verify/codes.js";
import { transact } from "./store.js";
import { currentTrust, trustedNow } from "./trust.js";

const CODE_LONGEST = 2048; // characters; of a longer text only that it was too long matters
const given = new Map(); // id → verdict with what it showed, for as long as the page is open

/** Whether this browser can: it has WebCrypto (https or this computer) and the library's keys. */
export const canJudge = () => currentTrust() !== null && globalThis.crypto?.subtle !== undefined;

/** The issuer of an offline verdict where that is not the desk's own library, else null. */
export function foreign({ offline, issuer }) {
  const home = currentTrust()?.home;
  return offline && issuer && home && issuer !== home ? issuer : null;
}

/**
 * Judge a code's text for an item. It is on record here, to be told to the library, before anybody sees
 * the verdict; rejects when it cannot be. `label(verdict)` names it for people, `account` is who judges.
 */
export async function judgeAlone(text, { item, account, label }) {
  const trusted = await trustedNow();
  const now = trusted ?? Date.now() / 1000;
  const { code, verdict } = await check(text, currentTrust(), now);
  // What only a right clock could tell stays open; a text that is no code of ours is none at any time.
  const formal = ["malformed", "wrong_kind"].includes(verdict.reason);
  const found = trusted === null && !formal ? judged("trust_stale", now, { issuer: verdict.issuer }) : verdict;
  const final = await record(found, code, { code: sendable(text), item, account, label });
  given.set(final.id, final);
  return final;
}

/** Write a verdict down; a live code that was accepted here before is refused. Paper may be used again. */
async function record(verdict, code, { label, ...more }) {
  const entry = (one) => ({
    ...more, id: one.id, judged_at: one.checked_at, verdict: one.verdict, reason: one.reason, label: label(one),
  });
  if (verdict.verdict !== "accepted" || code.kind === "paper") {
    await transact(["unsent"], ({ unsent }) => { unsent.add(entry(verdict)); });
    return verdict;
  }
  const again = { ...verdict, verdict: "refused", reason: "already_used", unchecked: [], licences: [] };
  const answer = { final: verdict };
  await transact(["used", "unsent"], ({ used, unsent }) => {
    const claim = used.add({ jti: code.jti, until: (code.endsAt + 2 * CLOCK_TOLERANCE) * 1000 });
    claim.onsuccess = () => unsent.add(entry(verdict));
    claim.onerror = (event) => {
      event.preventDefault();
      answer.final = again;
      unsent.add(entry(again));
    };
  });
  return answer.final;
}

/** A verdict of this desk again, null when it has none by that id. */
export async function recallAlone(id) {
  if (given.has(id)) return given.get(id);
  const entry = await transact(["unsent"], ({ unsent }) => unsent.get(id));
  return entry ? { ...judged(entry.reason, Date.parse(entry.judged_at) / 1000), id } : null;
}

/** Forget the claims of codes that have ended; by then their own end refuses them. */
export async function forgetEnded() {
  const now = Date.now();
  await transact(["used"], ({ used }) => {
    used.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      if (cursor.value.until < now) cursor.delete();
      cursor.continue();
    };
  });
}

/** The text as it can be sent: halves of characters, which no code has, cannot. */
function sendable(text) {
  const whole = text.toWellFormed?.() ?? text;
  return [...whole].slice(0, CODE_LONGEST + 1).join("");
}
