/**
 * The kinds of code and one strict reader: `verify.codes` once more, for a desk whose network is gone.
 * A test hands both the same texts and compares every reason.
 */

import { ALGORITHM, LAST_SECOND, checkSignature, parse } from "./jws.js";
import { Refused } from "./refused.js";

export const CLOCK_TOLERANCE = 30; // s by which two clocks may differ
const CODE_TEXT_MAX = 2048; // characters, address included
const LIVE_CODE_LIFE = 60; // s
const PAPER_CODE_LIFE = 91 * 24 * 3600; // s

const text = (pattern) => (value) => typeof value === "string" && pattern.test(value);
// Only a number that was written whole is a BigInt: 18e8 and 1.0 are none.
const whole = (low, high) => (value) => typeof value === "bigint" && low <= value && value <= high;

const issuer = text(/^[A-Za-z0-9.:-]{1,64}$/);
const jti = text(/^[A-Za-z0-9_-]{16}$/);
const serial = text(/^[0-9A-Z]{16}$/);
const handle = text(/^[A-Za-z0-9_-]{14,128}$/);
// One character that is no white space to Python and no half of a surrogate pair, and a star.
const name = text(/^[^\s\u001c-\u001f\u0085\ud800-\udfff]\*$|^\ufeff\*$/u);
const seconds = whole(0, LAST_SECOND);
const number = whole(1, 2 ** 31 - 1);
const index = whole(0, 2 ** 40 - 1);
const type = whole(1, 99999);
const types = (value) => (Array.isArray(value) ? value.length >= 2 && value.length <= 16 && value.every(type) : type(value));

const LIVE = {
  name: "live",
  claims: new Map([["iss", issuer], ["jti", jti], ["iat", seconds], ["exp", seconds], ["h", handle], ["t", types]]),
  optional: new Map([["n", name]]),
  end: "exp",
  life: LIVE_CODE_LIFE,
  ended: "expired",
};
const PAPER = {
  name: "paper",
  claims: new Map([["iss", issuer], ["jti", serial], ["iat", seconds], ["end", seconds], ["t", type], ["l", index], ["c", index]]),
  optional: new Map([["n", name], ["i", number], ["u", number]]),
  end: "end",
  life: PAPER_CODE_LIFE,
  ended: "copy_expired",
};
const KINDS = new Map([["lz-live+jwt", LIVE], ["lz-paper+jwt", PAPER]]);

/**
 * Read a code at `now` (Unix seconds): {kind, issuer, jti, issuedAt, endsAt, types, name}, a paper code
 * also {licenceIndex, copyIndex}. Throws Refused with the first reason in the order of judgement.
 */
export async function readCode(scanned, keys, now) {
  // 1. and 2. size and form; characters are counted, not halves of them
  if ([...scanned].length > CODE_TEXT_MAX) throw new Refused("malformed");
  const jws = parse(scanned.slice(scanned.indexOf("#") + 1));

  // 3. typ
  const kind = KINDS.get(jws.header.get("typ"));
  if (!kind) throw new Refused("wrong_kind");

  // 4. alg, the claims of that kind and their types
  const { claims } = jws;
  if (jws.header.get("alg") !== ALGORITHM) throw new Refused("malformed");
  for (const claim of kind.claims.keys()) if (!claims.has(claim)) throw new Refused("malformed");
  for (const [claim, value] of claims) {
    const test = kind.claims.get(claim) ?? kind.optional.get(claim);
    if (!test?.(value)) throw new Refused("malformed");
  }

  // 5. to 7. kid, iss, signature
  await checkSignature(jws, keys, claims.get("iss"));

  // 8. life
  const issuedAt = Number(claims.get("iat"));
  const endsAt = Number(claims.get(kind.end));
  if (endsAt - issuedAt > kind.life) throw new Refused("malformed");

  // 9. times: good while iat − tolerance ≤ now < end + tolerance
  if (now < issuedAt - CLOCK_TOLERANCE) throw new Refused("not_yet_valid");
  if (now >= endsAt + CLOCK_TOLERANCE) throw new Refused(kind.ended);

  return {
    kind: kind.name,
    issuer: claims.get("iss"),
    jti: claims.get("jti"),
    issuedAt,
    endsAt,
    types: [claims.get("t")].flat().map(Number),
    name: claims.get("n") ?? null,
    ...(kind === PAPER ? { licenceIndex: Number(claims.get("l")), copyIndex: Number(claims.get("c")) } : {}),
  };
}
