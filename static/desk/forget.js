/** What a desk lets go of when its clerk leaves. What the library has not been told of stays. */

import { remove } from "./store.js";

/** Where a desk notes why it was locked, while the library has not been told. */
export const UNTOLD = "desk.locked";

/** The library knows, or has no session that it would have to lock. */
export const forgetLock = () => localStorage.removeItem(UNTOLD);

/** The page as the clerk saw it: without a network it must not open for the next. */
export async function forgetPage() {
  await globalThis.caches?.delete("desk-page");
}

/** Page, keys and lists. */
export async function forgetDesk() {
  await Promise.allSettled([forgetPage(), remove("kept", "trust")]);
}
