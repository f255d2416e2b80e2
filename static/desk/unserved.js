/** Two quick scans: the first verdict stays a key away for as long as its fields can be read. */

import { timeOfDay, word } from "../js/words.js";
import { shortLabel } from "./verdict.js";

const part = (name) => document.getElementById(name);

export class Unserved {
  /** `open(id)` shows the verdict again. */
  constructor(open) {
    this.id = null;
    this.timer = 0;
    part("unserved").addEventListener("click", () => open(this.id));
  }

  /** Offer an accepted verdict, whose place a newer scan took, for that many ms. */
  offer(verdict, left) {
    clearTimeout(this.timer);
    this.id = verdict.id;
    part("unserved-label").textContent = word("unserved", {
      licence: shortLabel(verdict), time: timeOfDay(new Date(verdict.checked_at)),
    });
    part("unserved").hidden = false;
    this.timer = setTimeout(() => this.clear(), left);
  }

  /** Offer that verdict no longer. */
  letGo(id) {
    if (id === this.id) this.clear();
  }

  /** Offer none. */
  clear() {
    clearTimeout(this.timer);
    this.id = null;
    part("unserved").hidden = true;
    part("unserved-label").textContent = "";
  }
}
