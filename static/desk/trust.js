/** The trust bundle that this desk keeps, and how far its clock may be believed. */

import { CLOCK_TOLERANCE } from "../verify/codes.js";
import { readTrust } from "../verify/trust.js";
import { get, put } from "./store.js";

const ADDRESS = "/.well-known/liangzheng-trust";
const WAIT = 30000; // ms
const FRESH = 15 * 60000; // ms after which a bundle is fetched anew
const SOON = 15000; // ms until the first try after a failed one; each later one waits twice as long
const TOLERANCE = CLOCK_TOLERANCE * 1000;
const SLOWEST = 5000; // ms: a slower answer tells too little of the time

let trust = null; // as `verify/trust.js` reads it
let clock = null; // { offset: server − desk, seen: latest time of this desk }, in ms
let timer = 0;
let pause = SOON;

/** Take up what was kept. */
export async function recall() {
  clock = (await get("kept", "clock")) ?? null;
  const kept = await get("kept", "trust");
  if (kept) trust = await readTrust(kept);
}

export const currentTrust = () => trust;

/** Fetch the bundle now and then every quarter of an hour; `tried(fetched)` is called after each try. */
export async function keepFresh(tried) {
  clearTimeout(timer);
  let next = FRESH;
  const fetched = await refresh().then(() => true, () => false);
  if (fetched) {
    pause = SOON;
  } else {
    next = pause;
    pause = Math.min(2 * pause, FRESH);
  }
  // Of two that were begun at once, the later goes on.
  clearTimeout(timer);
  timer = setTimeout(() => keepFresh(tried), next);
  await tried(fetched);
}

/** Fetch the bundle and keep it; rejects when that fails, and what was kept stays. */
async function refresh() {
  const sent = Date.now();
  const answer = await fetch(ADDRESS, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(WAIT) });
  if (!answer.ok) throw new TypeError(`${answer.status}`);
  await measure(answer, sent);
  const document = await answer.json();
  const fresh = await readTrust(document);
  if (!isNewer(fresh)) return;
  trust = fresh;
  await put("kept", document, "trust");
}

/** A bundle that is older than the one at hand was kept by somebody on the way. */
function isNewer(fresh) {
  const known = trust?.issuers.get(fresh.home);
  return !known || known.asOf <= fresh.issuers.get(fresh.home).asOf;
}

/** Compare this desk's clock with the server's; `sent` is when the request left (ms). */
export async function measure(answer, sent) {
  const seen = Date.now();
  const server = Date.parse(answer.headers.get("Date"));
  if (Number.isNaN(server) || seen - sent > SLOWEST || seen < sent) return;
  // The header leaves out what is below the second: half of one is the best guess.
  clock = { offset: server + 500 - (sent + seen) / 2, seen };
  await put("kept", clock, "clock").catch(() => {}); // then it is known until the page is closed
}

/**
 * The time (Unix seconds) by this desk's clock, corrected as last measured; null when the clock was off
 * beyond the tolerance then, or has been put back since.
 */
export async function trustedNow() {
  const now = Date.now();
  if (!clock || Math.abs(clock.offset) > TOLERANCE || now < clock.seen - TOLERANCE) return null;
  clock.seen = Math.max(clock.seen, now);
  await put("kept", clock, "clock");
  return (now + clock.offset) / 1000;
}
