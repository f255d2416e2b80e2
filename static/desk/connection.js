/** Whether the library can be reached: quick to notice that it cannot, and that it can again. */

import { measure } from "./trust.js";

const PROBE = "/desk.webmanifest"; // small, for everyone, and never from a cache
const PROBE_WAIT = 1200; // ms: while there is no network, a code does not wait longer for it
const FIRST = 2000; // ms until the first look; each later one waits twice as long, up to
const LAST = 30000;
/** What a gateway says whose server is away. Our own 503 is an answer: no record, no verdict. */
const AWAY = new Set([0, 502, 504]);

/** Whether a Problem says that the library was not reached. */
export const isAway = (problem) => AWAY.has(problem.status);

export class Connection {
  /** `changed(up)` is called when it is lost or found. */
  constructor(changed) {
    this.changed = changed;
    this.up = true;
    this.pause = FIRST;
    this.timer = 0;
    window.addEventListener("offline", () => this.lost());
    window.addEventListener("online", () => this.check());
  }

  /** Whether the library is there: at once while nothing says otherwise, else after a short look. */
  async reachable() {
    return this.up || this.check();
  }

  /** Look, whatever is known. */
  async check() {
    if (await probe()) this.found();
    else this.lost();
    return this.up;
  }

  found() {
    clearTimeout(this.timer);
    this.pause = FIRST;
    if (this.up) return;
    this.up = true;
    this.changed(true);
  }

  lost() {
    if (!this.up) return;
    this.up = false;
    this.changed(false);
    this.look();
  }

  look() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      if (!(await this.reachable())) this.look();
    }, this.pause);
    this.pause = Math.min(2 * this.pause, LAST);
  }
}

async function probe() {
  const sent = Date.now();
  try {
    const answer = await fetch(PROBE, { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PROBE_WAIT) });
    // A hotel's own page is no library.
    if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("application/manifest+json")) return false;
    await measure(answer, sent);
    return true;
  } catch {
    return false;
  }
}
