/**
 * Check a code with nothing but trust bundles: `verify.check` once more, with WebCrypto.
 *
 * 1. the code itself      with the keys of all the bundles
 * 2. the bundle           of the code's own issuer: not past its limit, not from the future
 * 3. status               of a paper code: first the licence's entry, then the copy's own
 */

import { readCode } from "./codes.js";
import { encodeBytes } from "./jws.js";
import { Refused } from "./refused.js";
import { SUSPENDED, VALID } from "./status_list.js";
import { isGood } from "./trust.js";

/** What each kind's check leaves open when it is offline. */
const UNCHECKED = {
  live: ["double_use", "freeze", "licence_status", "item"],
  paper: ["double_use", "item", "recipient"],
};
// No bundle could mend these.
const FORM = new Set(["malformed", "wrong_kind"]);
const OUTCOMES = { ok: "accepted", trust_stale: "undetermined" };
const ID_BYTES = 16;

/**
 * {verdict, code}: a verdict with the members of the API's (its `message` is left to the page, `foreign`
 * is the issuer where that is not the desk's own), and the code as it was read, null where it could not be.
 */
export async function check(scanned, trust, now) {
  // 1. the code itself
  let code;
  try {
    code = await readCode(scanned, trust.keys, now);
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    const decided = FORM.has(problem.reason) || [...trust.issuers.values()].some((bundle) => isGood(bundle, now));
    return { code: null, verdict: judged(decided ? problem.reason : "trust_stale", now) };
  }

  // 2. the bundle
  const bundle = trust.issuers.get(code.issuer);
  let reason = isGood(bundle, now) ? "ok" : "trust_stale";
  let { asOf } = bundle;

  // 3. status
  const paper = code.kind === "paper";
  if (reason === "ok" && paper) ({ reason, asOf } = await status(code, bundle));

  const verdict = judged(reason, now, { status_as_of: instant(asOf), shown_by: paper ? "paper" : null, issuer: code.issuer });
  if (reason !== "ok") return { code, verdict };
  return {
    code,
    verdict: {
      ...verdict,
      unchecked: UNCHECKED[code.kind],
      licences: code.types.map((type) => licence(type, code, bundle)),
      foreign: code.issuer === trust.home ? null : code.issuer,
    },
  };
}

/** A verdict of this reason, with nothing shown. */
export function judged(reason, now, more = {}) {
  return {
    id: encodeBytes(crypto.getRandomValues(new Uint8Array(ID_BYTES))),
    verdict: OUTCOMES[reason] ?? "refused",
    reason,
    message: null,
    checked_at: instant(now),
    status_as_of: instant(now),
    repeated: false,
    offline: true,
    unchecked: [],
    licences: [],
    shown_by: null,
    issuer: null,
    foreign: null,
    legal_effect: null,
    ...more,
  };
}

/** What the lists say of a copy, and since when (Unix seconds) they said it. */
async function status(code, bundle) {
  const licence = await bundle.entry(code.licenceIndex);
  const copy = await bundle.entry(code.copyIndex);
  if (!licence || !copy) return { reason: "trust_stale", asOf: bundle.asOf };
  const asOf = Math.min(licence.asOf, copy.asOf);
  if (licence.status === SUSPENDED) return { reason: "licence_suspended", asOf };
  if (licence.status !== VALID) return { reason: "licence_revoked", asOf };
  return { reason: copy.status === VALID ? "ok" : "copy_revoked", asOf };
}

/** What the code itself shows: a type by its name, and the masked holder. */
function licence(type, code, bundle) {
  const name = bundle.types.get(type) ?? String(type);
  const holder = { key: "holder", label: "持证人", label_en: "Holder", value: code.name };
  return {
    type: String(type),
    type_name: name,
    type_name_en: name,
    identifier: null,
    status: null,
    valid_until: null,
    fields: code.name === null ? [] : [holder],
  };
}

const instant = (seconds) => new Date(seconds * 1000).toISOString();
