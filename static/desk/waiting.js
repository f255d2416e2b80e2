/** Waits for what the holder says to a question: asks for the verdict until it is no longer pending. */

import { call } from "../js/api.js";

const POLL_FIRST = 1000; // ms
const POLL_SLOW = 2000;
const POLL_GROWTH = 1.05;
const BACK_OFF_LIMIT = 15000;
const GRACE = 10000; // after the end the server has said so by then, or cannot be reached

export class Waiting {
  /**
   * `tick(seconds)` is told what is left, `ended({ verdict })` or `ended({ problem })` what came of it; a
   * problem is one that waiting longer does not mend.
   */
  constructor({ tick, ended }) {
    Object.assign(this, { tick, ended, verdict: null });
  }

  /** Wait for this pending verdict, and for no other any more. */
  start(verdict) {
    this.stop();
    this.verdict = verdict;
    this.poll = POLL_FIRST;
    // By the server's clock, whatever ours says.
    this.until = Date.now() + Date.parse(verdict.answer_by) - Date.parse(verdict.status_as_of);
    this.ticking = setInterval(() => this.tell(), 250);
    this.plan(this.poll);
    this.tell();
  }

  stop() {
    clearInterval(this.ticking);
    clearTimeout(this.timer);
    this.verdict = null;
  }

  tell() {
    this.tick(Math.max(0, Math.ceil((this.until - Date.now()) / 1000)));
  }

  plan(delay) {
    const { verdict } = this;
    this.timer = setTimeout(() => this.ask(verdict), delay);
  }

  async ask(waited) {
    try {
      const verdict = await call("GET", `/verifications/${encodeURIComponent(waited.id)}`);
      if (this.verdict !== waited) return;
      if (verdict.verdict !== "pending") return this.end({ verdict });
      this.poll = Math.min(this.poll * POLL_GROWTH, POLL_SLOW);
    } catch (problem) {
      if (this.verdict !== waited) return;
      const mends = problem.status === 0 || problem.status === 429 || problem.status >= 500;
      if (!mends || Date.now() > this.until + GRACE) return this.end({ problem });
      this.poll = Math.min(this.poll * 2, BACK_OFF_LIMIT);
    }
    this.plan(this.poll);
  }

  end(came) {
    this.stop();
    this.ended(came);
  }
}
