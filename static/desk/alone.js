/** Judges with what this desk keeps, while the library cannot be reached. */

import { Problem } from "../js/api.js";
import { check, judged } from "../verify/check.js";
import { transact } from "./store.js";
import { currentTrust, trustedNow } from "./trust.js";
import { useOf } from "./uses.js";

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
 * A licence of a type that is none of the item's `types` is refused with a Problem, as the library would:
 * the code is not used up, and nobody is served with what the library would not take in afterwards.
 */
export async function judgeAlone(text, { item, types, account, label }) {
  const trusted = await trustedNow();
  const now = trusted ?? Date.now() / 1000;
  const { code, verdict } = await check(text, currentTrust(), now);
  const ours = verdict.verdict === "accepted" && verdict.issuer === currentTrust().home;
  if (ours && types.length && !code.types.every((type) => types.includes(type))) {
    throw new Problem({ slug: "not_permitted", status: 403 });
  }
  // What only a right clock could tell stays open; a text that is no code of ours is none at any time.
  const formal = ["malformed", "wrong_kind"].includes(verdict.reason);
  const found = trusted === null && !formal ? judged("trust_stale", now, { issuer: verdict.issuer }) : verdict;
  const final = await record(found, code, { code: sendable(text), item, account, label });
  given.set(final.id, final);
  return final;
}

/** Write a verdict down; a live code that is known to be used is refused. Paper may be used again. */
async function record(verdict, code, { label, ...more }) {
  const entry = (one) => ({
    ...more, id: one.id, judged_at: one.checked_at, verdict: one.verdict, reason: one.reason, label: label(one),
  });
  if (verdict.verdict !== "accepted" || code.kind === "paper") {
    await transact(["unsent"], ({ unsent }) => { unsent.add(entry(verdict)); });
    return verdict;
  }
  const answer = { final: verdict };
  await transact(["used", "unsent"], ({ used, unsent }) => {
    used.get(code.jti).onsuccess = ({ target: { result: known } }) => {
      if (known) answer.final = { ...verdict, verdict: "refused", reason: known.reason, unchecked: [], licences: [] };
      else used.add(useOf(code.jti, code.issuedAt, "already_used"));
      unsent.add(entry(answer.final));
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

/** The text as it can be sent: halves of characters, which no code has, cannot. */
function sendable(text) {
  const whole = text.toWellFormed?.() ?? text;
  return [...whole].slice(0, CODE_LONGEST + 1).join("");
}
