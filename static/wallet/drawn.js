/** A code that the server drew, since the tap came before the scripts: asks for this page again, and puts it here. */

import { signIn } from "../js/api.js";

const PAUSE = 3000;
const LIFE = 60000; // ms: a code that could not be renewed for so long must not be shown any more

let heard = Date.now();

async function again() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", credentials: "same-origin" });
    if (answer.status === 401) return signIn();
    if (answer.ok) {
      heard = Date.now();
      put(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
  } catch {
    // no network: the next time
  }
  if (Date.now() - heard > LIFE) return location.reload();
  if (document.querySelector("svg.code, .ask")) setTimeout(again, PAUSE);
}

function put(page) {
  if (document.querySelector("#drawn .ask") && page.querySelector("#drawn .ask")) return; // somebody reads it
  document.getElementById("drawn").replaceWith(page.getElementById("drawn"));
  document.querySelector("#drawn [tabindex]")?.focus(); // what became of it
}

setTimeout(again, PAUSE);
