/** /counter/{id}: whether a colleague has answered; then the acts of the session are read anew, and nothing else. */

import { call } from "../js/api.js";

const PAUSE = 3000;
const LONGEST = 15000;

let pause = PAUSE;

function block() {
  return document.getElementById("acts");
}

async function look() {
  const { session, waiting } = block().dataset;
  if (!waiting) return;
  try {
    const { state } = await call("GET", `/assistances/${session}/acts/${waiting}`);
    pause = PAUSE;
    if (state !== "waiting") await renew();
  } catch (problem) {
    if (problem.status === 401 || problem.status === 409) {
      location.reload();
      return;
    }
    pause = Math.min(pause * 2, LONGEST);
  }
  setTimeout(look, pause);
}

async function renew() {
  const answer = await fetch(location.pathname, { cache: "no-store", credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("acts");
  if (!answer.ok || !fresh) {
    location.reload();
    return;
  }
  block().replaceWith(fresh);
  document.getElementById("acts-live").textContent = document.getElementById("acts-said").textContent;
}

setTimeout(look, PAUSE);
