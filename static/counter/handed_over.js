/** /counter/{id}/hand-overs/{id}: what the desk has made of it; the page is loaded anew where that has changed. */

import { call } from "../js/api.js";

const PAUSE = 2000;
const LONGEST = 15000;
const { session, id, state: before } = document.getElementById("handed").dataset;

let pause = PAUSE;

async function look() {
  try {
    const { showing } = await call("GET", `/assistances/${session}/hand-overs/${id}`);
    pause = PAUSE;
    if (showing.state !== before) {
      location.replace(`/counter/${session}/hand-overs/${id}`);
      return;
    }
  } catch (problem) {
    if (problem.status === 401 || problem.status === 404) {
      location.reload();
      return;
    }
    pause = Math.min(pause * 2, LONGEST);
  }
  setTimeout(look, pause);
}

setTimeout(look, PAUSE);
