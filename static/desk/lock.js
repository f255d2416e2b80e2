/**
 * The desk is locked (锁屏): by a key, or when nobody has used it for a while. Nothing of anybody stays on
 * the screen, nothing is scanned, in any tab, and the session can do nothing until its clerk has proved
 * again who they are. Without a network the page stays covered until the library can be told.
 */

import { call } from "../js/api.js";
import { word } from "../js/words.js";
import { UNTOLD, forgetDesk, forgetLock } from "./forget.js";

const KEY = "F9";
const UNLOCK = "/step-up?next=/desk";
const WARNING = 30000; // ms before it locks by itself
const LOOK = 1000; // ms between two looks at the clock
const AGAIN = 3000; // ms between tries to tell the library

const part = (name) => document.getElementById(name);

let locked = false;
let used = Date.now();

export const isLocked = () => locked;

/** Somebody uses the desk: it does not lock by itself for a while. */
export function inUse() {
  used = Date.now();
}

/**
 * Let the desk be locked. `after` is how many ms without use lock it; `clear()` takes away what is on the
 * page, `tell()` lets the other tabs know. Gives a function by which another tab's lock reaches this one.
 */
export function setUpLock({ after, clear, tell }) {
  const lock = (cause) => {
    if (locked) return;
    locked = true;
    localStorage.setItem(UNTOLD, cause);
    part("locked").showModal();
    clear();
    tell();
    leave();
  };
  part("lock").addEventListener("click", () => lock("clerk"));
  part("locked").addEventListener("cancel", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    inUse();
    if (event.key !== KEY) return;
    event.preventDefault();
    lock("clerk");
  }, { capture: true });
  document.addEventListener("pointerdown", inUse, { capture: true });
  setInterval(() => {
    const left = after - (Date.now() - used);
    const soon = !locked && left <= WARNING;
    part("lock-note").hidden = !soon;
    if (soon && !part("lock-note").textContent) part("lock-note").textContent = word("lock_soon", { n: WARNING / 1000 });
    if (!soon) part("lock-note").textContent = "";
    if (left <= 0) lock("idle");
  }, LOOK);
  const before = localStorage.getItem(UNTOLD); // this page was opened anew while the library was away
  if (before) lock(before);
  return () => lock("clerk");
}

/** Tell the library, and go where the desk is unlocked. */
async function leave() {
  await forgetDesk();
  for (;;) {
    try {
      await call("POST", "/desk/lock", { cause: localStorage.getItem(UNTOLD) ?? "clerk" });
      break;
    } catch (problem) {
      if ([401, 403].includes(problem.status)) break; // signed out, or locked in another tab
      part("locked-note").textContent = word("locked_offline");
      await new Promise((done) => { setTimeout(done, AGAIN); });
    }
  }
  forgetLock();
  location.replace(UNLOCK);
}
