/**
 * Which codes the camera has already seen. A code stays in view for seconds, its text changes every
 * 30 s while its `jti` stays, and two phones may lie side by side: each code is sent once, and
 * again only when it has been out of view for a while or when a fresher text may help.
 */

import { claimsOf } from "./claims.js";

const GONE = 10000; // ms out of view after which a code counts as shown anew

export class Sightings {
  constructor() {
    this.known = new Map();
  }

  /** Whether a text that the camera sees at `now` (ms) is to be sent. */
  isNew(text, now) {
    const key = identity(text);
    const last = this.known.get(key);
    if (last && now - last.seen < GONE && (last.final || last.text === text)) {
      last.seen = now;
      return false;
    }
    this.known.set(key, { text, seen: now, final: false });
    this.forget((one) => now - one.seen >= GONE);
    return true;
  }

  /** A text has been judged for good: fresher texts of the same code would get no better answer. */
  settle(text) {
    const one = this.known.get(identity(text));
    if (one) one.final = true;
  }

  /** Another item was chosen: what was not judged for good may be sent for it. */
  reopen() {
    this.forget((one) => !one.final);
  }

  forget(condition) {
    for (const [key, one] of this.known) if (condition(one)) this.known.delete(key);
  }
}

/** The `jti` that a code's text claims, else the text itself. Only ever used to avoid sending twice. */
const identity = (text) => claimsOf(text)?.get("jti") || text;
