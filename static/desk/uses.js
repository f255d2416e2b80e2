/** Live codes that cannot be used any more, as far as this desk knows; it accepts none of them again. */

import { CLOCK_TOLERANCE } from "../verify/codes.js";
import { claimsOf } from "./claims.js";
import { put, transact } from "./store.js";
import { trustedNow } from "./trust.js";

// s: all codes of one showing have the same jti; it goes on for 10 min, and its last code lives another one.
const SHOWING_LIFE = 660;

/**
 * What is kept of a code with this jti, issued then (Unix seconds), until its showing can go on no longer:
 * `reason` is why it is refused from now on.
 */
export const useOf = (jti, issuedAt, reason) => (
  { jti, reason, until: (issuedAt + SHOWING_LIFE + 2 * CLOCK_TOLERANCE) * 1000 });

/** Keep that a live code can be used no more, and why. Paper, which may be used again, has no `exp`. */
export async function noteUse(text, reason) {
  const claims = claimsOf(text);
  if (claims?.has("exp")) await put("used", useOf(claims.get("jti"), Number(claims.get("iat")), reason));
}

/** Forget the codes whose showing has ended, by a clock that can be believed. */
export async function forgetEnded() {
  const now = await trustedNow();
  if (now === null) return;
  await transact(["used"], ({ used }) => {
    used.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      if (cursor.value.until < now * 1000) cursor.delete();
      cursor.continue();
    };
  });
}
