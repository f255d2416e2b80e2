/** What a code's text claims of itself, whoever signed it. */

import { parse } from "../verify/jws.js";

/** The claims (a Map) of a text, null where it is no code. Nothing may be accepted by them. */
export function claimsOf(text) {
  try {
    return parse(text.slice(text.indexOf("#") + 1)).claims;
  } catch {
    return null;
  }
}
