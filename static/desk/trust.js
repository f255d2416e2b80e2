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

let documents = []; // the bundles as they came, one of each issuer
let trust = null; // and as `verify/trust.js` reads them
let ended = false; // whether this page has let go of them
let clock = null; // { offset: server − desk, seen: latest time of this desk }, in ms
let timer = 0;
let pause = SOON;

/** Take up what was kept. */
export async function recall() {
  clock = (await get("kept", "clock")) ?? null;
  const kept = await get("kept", "trust");
  if (kept) await take([kept].flat());
}

export const currentTrust = () => trust;

/** Judge with nothing any more, and keep nothing. */
export function letGo() {
  ended = true;
  trust = null;
}

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
  const fetched = [await answer.json()].flat();
  const { issuers } = await readTrust(fetched);
  const known = (issuer) => documents.find((document) => document.iss === issuer);
  await take(fetched.map((one) => (isOlder(issuers.get(one.iss)) ? known(one.iss) : one)));
  if (!ended) await put("kept", documents, "trust");
}

async function take(bundles) {
  const read = await readTrust(bundles);
  if (!ended) [trust, documents] = [read, bundles];
}

/** As in `verify.trust.renew`: older than what is there, unless what is there is from the future. */
function isOlder(bundle) {
  const found = trust?.issuers.get(bundle.issuer);
  const now = (Date.now() + (clock?.offset ?? 0)) / 1000;
  return found && bundle.asOf < found.asOf && found.asOf <= now + CLOCK_TOLERANCE;
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
