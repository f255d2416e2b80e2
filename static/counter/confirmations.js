/** /counter/confirmations: the list is read anew when it has changed, while somebody looks at it. */

import { call } from "../js/api.js";

const PAUSE = 5000;
const LONGEST = 30000;

const shown = document.getElementById("confirmations").dataset.shown;
let pause = PAUSE;

async function look() {
  if (!document.hidden) {
    try {
      const { items } = await call("GET", `/confirmations${location.search}`);
      pause = PAUSE;
      if (items.map((one) => one.id).join(" ") !== shown) {
        location.reload();
        return;
      }
    } catch (problem) {
      if (problem.status === 401) {
        location.reload();
        return;
      }
      pause = Math.min(pause * 2, LONGEST);
    }
  }
  setTimeout(look, pause);
}

setTimeout(look, PAUSE);
