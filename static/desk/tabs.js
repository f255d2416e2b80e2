/** Who works at this desk, told to all its tabs: a page of anybody else ends. */

import { forgetDesk } from "./forget.js";

const CHANNEL = "desk";

/** Nobody does any more. */
export function tellNobody() {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(null);
  channel.close();
}

/** This page is of `account`. When nobody or somebody else takes over, `end()` is called and the page left. */
export function join(account, end) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", async ({ data }) => {
    if (data === account) return;
    end();
    if (data === null) await forgetDesk(); // what this page may just have put back
    location.replace("/");
  });
  channel.postMessage(account);
}
