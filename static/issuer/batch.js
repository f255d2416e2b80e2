/** /issuer/batches/{id}: how far the file is, until it is done; then the page with what was wrong. */

import { call } from "../js/api.js";
import { word } from "../js/words.js";

const batch = document.getElementById("batch");
const bar = batch.querySelector("progress");
const words = document.getElementById("batch-words");
const live = document.getElementById("batch-live");
const PAUSE = 1000;
const LONGEST = 10000;
/** Said aloud no more often than this, in polls. */
const SPOKEN = 5;

let pause = PAUSE;
let polls = 0;

async function look() {
  try {
    const { state, done, total, stored, failed } = await call("GET", `/licence-batches/${batch.dataset.batch}?limit=1`);
    if (state === "done" || state === "failed") {
      location.reload();
      return;
    }
    pause = PAUSE;
    words.textContent = word(total ? "of" : "progress", { done, total });
    if (total) {
      bar.max = total;
      bar.value = Math.min(done, total);
    }
    document.getElementById("batch-stored").textContent = stored;
    document.getElementById("batch-failed").textContent = failed;
    if (polls % SPOKEN === 0) live.textContent = words.textContent;
    polls += 1;
  } catch (problem) {
    if (problem.status === 401) {
      location.reload();
      return;
    }
    pause = Math.min(pause * 2, LONGEST);
  }
  setTimeout(look, pause);
}

setTimeout(look, PAUSE);
