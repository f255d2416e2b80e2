/**
 * One showing (亮码): opens it, fetches the next code, asks whether a desk has used it, answers what the
 * desk asks, withdraws it. Knows the server and the clock, nothing of the page. Emits "change" after every step.
 *
 * `phase` is loading, live, asked (`question` is what), used, refused (`reason` is why), unanswered, withdrawn,
 * unsent (a withdrawal that did not get through), ended, signed_out or failed. `offline` says that the last call did not get through; a live code stays
 * usable until `expires`.
 */

import { call } from "../js/api.js";

const POLL_FIRST = 1000;
const POLL_SLOW = 2000;
const POLL_GROWTH = 1.05; // a showing of a minute ends at about one question in two seconds
const BACK_OFF_LIMIT = 15000;

export class Showing extends EventTarget {
  /** `licences` go into one code; `item` is the matter that they were chosen for, if any. */
  constructor(licences, item) {
    super();
    this.licences = licences;
    this.item = item;
    this.phase = "loading";
    this.offline = false;
    this.unsent = false; // an answer that did not get through
    this.problem = null;
    this.use = null;
    this.question = null;
    this.reason = null;
    this.code = null;
    this.skew = 0; // server clock minus ours, in ms
    this.poll = POLL_FIRST;
    this.retry = POLL_FIRST;
    this.refreshing = null;
    this.timers = {};
    this.woken = () => this.wake();
    document.addEventListener("visibilitychange", this.woken);
    window.addEventListener("online", this.woken);
  }

  /** The server's clock, as a Date. */
  now() {
    return new Date(Date.now() + this.skew);
  }

  /** Open the showing. */
  open() {
    return this.refresh();
  }

  /** Fetch the first or the next code; calls made meanwhile share one request. */
  refresh() {
    clearTimeout(this.timers.refresh);
    this.refreshing ??= this.fetchCode().finally(() => { this.refreshing = null; });
    return this.refreshing;
  }

  async fetchCode() {
    const asked = Date.now();
    try {
      const code = this.code
        ? await call("POST", `/me/codes/${encodeURIComponent(this.code.id)}/next`)
        : await call("POST", "/me/codes", { licences: this.licences, ...(this.item && { item: this.item }) });
      if (this.finished || this.phase === "asked") return;
      // The answer was written about half way between asking and hearing.
      this.skew = Date.parse(code.server_time) - (asked + Date.now()) / 2;
      this.code = {
        id: code.id, text: code.text, fetched: Date.parse(code.server_time),
        expires: Date.parse(code.expires_at), refreshes: Date.parse(code.refresh_at), ends: Date.parse(code.ends_at),
      };
      this.offline = false;
      this.retry = POLL_FIRST;
      this.to("live");
      this.schedule("refresh", this.code.refreshes - this.now(), () => this.refresh());
      if (!this.timers.poll) this.schedule("poll", this.poll, () => this.ask());
    } catch (problem) {
      this.fail(problem);
    }
  }

  fail(problem) {
    if (this.finished || this.phase === "asked") return;
    this.problem = problem;
    if (problem.slug === "already_used") {
      this.ask();
    } else if (problem.slug === "withdrawn") {
      this.to("withdrawn");
    } else if (problem.slug === "showing_ended") {
      this.to("ended");
    } else if (problem.status === 401) {
      this.to("signed_out");
    } else if (problem.status === 0 || problem.status === 429 || problem.status >= 500) {
      this.offline = true;
      this.retry = Math.min(this.retry * 2, BACK_OFF_LIMIT);
      this.schedule("refresh", (problem.retryAfter ?? 0) * 1000 || this.retry, () => this.refresh());
      this.to(this.phase);
    } else {
      this.to("failed");
    }
  }

  /** Ask the server what became of this showing, and plan the next question. */
  async ask() {
    clearTimeout(this.timers.poll);
    this.timers.poll = 0;
    if (!this.code || this.finished) return;
    try {
      const answer = await call("GET", `/me/codes/${encodeURIComponent(this.code.id)}`);
      if (this.finished) return;
      this.learn(answer);
      if (this.finished) return;
      this.poll = Math.min(this.poll * POLL_GROWTH, POLL_SLOW);
    } catch (problem) {
      if (problem.status === 401) return this.to("signed_out");
      if (problem.status === 404) return this.to("ended");
      this.poll = Math.min(Math.max(this.poll, POLL_FIRST) * 2, BACK_OFF_LIMIT);
    }
    if (!this.finished && !document.hidden) this.schedule("poll", this.poll, () => this.ask());
  }

  /** Go on to what the server says has become of this showing. */
  learn(answer) {
    this.question = answer.ask ? { ...answer.ask, ends: Date.parse(answer.ask.ends_at) } : null;
    this.reason = answer.reason;
    if (answer.state === "used") {
      this.use = answer;
      this.to("used");
    } else if (answer.state === "asked") {
      clearTimeout(this.timers.refresh); // nobody scans this code again
      if (this.phase !== "asked") this.to("asked");
    } else if (answer.state === "expired") {
      this.to(this.question ? "unanswered" : "ended");
    } else if (answer.reason === "frozen") {
      this.problem = { slug: "frozen" };
      this.to("failed");
    } else if (answer.state !== "waiting") {
      this.to(answer.state);
    }
  }

  /** Answer the question; the phase then says what came of it. One that does not get through stays, and `unsent` says so. */
  async answer(allow) {
    if (this.phase !== "asked") return;
    this.unsent = false;
    try {
      await call("POST", `/me/codes/${encodeURIComponent(this.code.id)}/consent`, { allow });
    } catch (problem) {
      if (this.finished) return;
      if (problem.status === 401) return this.to("signed_out");
      if (problem.status !== 404 && problem.status !== 409) {
        this.unsent = true;
        return this.to("asked");
      }
    }
    this.poll = POLL_FIRST;
    await this.ask(); // the answer, or what was there before it
  }

  /** Take the code back; the phase then says what became of it. */
  async withdraw() {
    if (!this.code || (this.finished && this.phase !== "unsent")) return this.stop();
    try {
      await call("DELETE", `/me/codes/${encodeURIComponent(this.code.id)}`, undefined, { keepalive: true });
      this.to("withdrawn");
    } catch (problem) {
      if (problem.slug === "already_used") {
        this.phase = "live"; // ask() tells which desk was quicker
        await this.ask();
      } else if (problem.status === 404 || problem.status === 401) {
        this.to("ended");
      } else {
        this.to("unsent");
      }
    }
  }

  /** The phone woke up, or the network came back: nothing that the screen says is sure any more. */
  wake() {
    if (document.hidden || this.finished) return;
    this.poll = POLL_FIRST;
    if (this.code) this.ask();
    if (this.phase === "asked") return;
    if (!this.code || this.offline || this.now() >= this.code.refreshes) this.refresh();
  }

  get finished() {
    return ["used", "refused", "unanswered", "withdrawn", "unsent", "ended", "signed_out", "failed", "stopped"].includes(this.phase);
  }

  stop() {
    if (!this.finished) this.phase = "stopped";
    Object.values(this.timers).forEach(clearTimeout);
    document.removeEventListener("visibilitychange", this.woken);
    window.removeEventListener("online", this.woken);
  }

  schedule(name, delay, action) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(action, Math.max(250, delay));
  }

  to(phase) {
    this.phase = phase;
    if (this.finished) this.stop();
    this.dispatchEvent(new Event("change"));
  }
}
