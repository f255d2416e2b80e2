/** Who works at this desk, told to all its tabs: a page of anybody else ends, and all are locked together. */

import { forgetDesk } from "./forget.js";

const CHANNEL = "desk";
const LOCKED = "locked";

/** Nobody does any more. */
export function tellNobody() {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(null);
  channel.close();
}

/** The desk has been locked. */
export function tellLocked() {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(LOCKED);
  channel.close();
}

/**
 * This page is of `account`. When nobody or somebody else takes over, `end()` is called and the page left;
 * when another tab is locked, `lock()`.
 */
export function join(account, { end, lock }) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", async ({ data }) => {
    if (data === account) return;
    if (data === LOCKED) return lock();
    end();
    if (data === null) await forgetDesk(); // what this page may just have put back
    location.replace("/");
  });
  channel.postMessage(account);
}
