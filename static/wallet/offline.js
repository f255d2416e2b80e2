/** No network: looks for it by itself, and goes on with what was asked for as soon as it is back. */

import { timeout } from "../js/api.js";

const FIRST = 2000;
const LONGEST = 30000;

let pause = FIRST;
let timer = 0;
let looking = false;

async function look() {
  if (looking) return;
  clearTimeout(timer);
  looking = true;
  try {
    const { ok } = await fetch("/healthz", { cache: "no-store", signal: timeout(LONGEST) });
    if (!ok) throw new Error("a gateway without its server");
    location.replace(location.pathname + location.search);
  } catch {
    pause = Math.min(pause * 2, LONGEST);
    timer = setTimeout(look, pause);
  } finally {
    looking = false;
  }
}

function now() {
  pause = FIRST;
  look();
}

// Who opens this page itself has asked for nothing else, and is led on by its link.
if (location.pathname !== "/wallet/offline") {
  document.getElementById("again").addEventListener("click", (event) => {
    event.preventDefault();
    now();
  });
  window.addEventListener("online", now);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) now(); });
  timer = setTimeout(look, pause);
}
