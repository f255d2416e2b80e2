/** Trust bundles as `verify.trust` reads them: public keys, status lists, how old they are. */

import { CLOCK_TOLERANCE } from "./codes.js";
import { LAST_SECOND, importKey } from "./jws.js";
import { entryAt, readList } from "./status_list.js";

const TRUST_LIMIT = 24 * 3600; // s for which a bundle may be used
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const NUMBER = /^(0|[1-9]\d*)$/;

/**
 * Read one bundle or a list of bundles, as parsed from JSON; the first is at home. Gives
 * {home, issuers: Map issuer → bundle, keys: Map kid → Map issuer → CryptoKey}; throws for what is none.
 */
export async function readTrust(content) {
  const issuers = new Map();
  for (const document of [content].flat()) {
    const bundle = await readBundle(document);
    const known = issuers.get(bundle.issuer);
    if (!known || known.asOf < bundle.asOf) issuers.set(bundle.issuer, bundle);
  }
  if (!issuers.size) throw new TypeError("There is no trust bundle.");
  const keys = new Map();
  for (const bundle of issuers.values()) {
    for (const [kid, key] of bundle.keys) keys.set(kid, (keys.get(kid) ?? new Map()).set(bundle.issuer, key));
  }
  return { home: issuers.keys().next().value, issuers, keys };
}

/** Whether a bundle may be used at `now`; one from the future says that this clock is slow. */
export const isGood = (bundle, now) => bundle.asOf - CLOCK_TOLERANCE <= now && now < bundle.goodUntil;

async function readBundle(document) {
  const { iss: issuer } = document;
  [issuer, ...Object.values(document.types)].forEach(mustBeText);
  const keys = new Map(await Promise.all(document.keys.map(async (jwk) => [jwk.kid, await importKey(jwk)])));
  const own = new Map([...keys].map(([kid, key]) => [kid, new Map([[issuer, key]])]));
  const lists = new Map();
  // One after the other: many lists unpacked at once would fill the memory.
  for (const [number, token] of numbered(document.lists)) lists.set(number, await readList(token, number, own));
  const asOf = seconds(document.as_of);
  return {
    issuer,
    asOf,
    goodUntil: Math.min(asOf + TRUST_LIMIT, ...[...lists.values()].map((list) => list.expiresAt)),
    keys,
    types: new Map(numbered(document.types)),
    entry: (index) => entryAt(lists, index),
  };
}

function numbered(members) {
  return Object.entries(members).map(([name, value]) => {
    if (!NUMBER.test(name)) throw new TypeError(name);
    return [Number(name), value];
  });
}

function mustBeText(value) {
  // Half of a surrogate pair could not be shown or written.
  if (typeof value !== "string" || /\p{Surrogate}/u.test(value)) throw new TypeError("not a text");
}

function seconds(instant) {
  const found = INSTANT.test(instant) ? Math.floor(Date.parse(instant) / 1000) : NaN;
  if (!(found >= 0 && found <= LAST_SECOND)) throw new TypeError("as_of");
  return found;
}
