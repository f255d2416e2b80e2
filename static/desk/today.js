/** The day's list: what was judged at this desk since the tab was opened. Kinds and times, no person. */

import { icon, timeOfDay, word } from "../js/words.js";

const SHOWN = 40;
const MARKS = { accepted: "check", refused: "cross" };

const KEY = "desk.today.";

/** The desk is handed over: what this tab keeps of today goes. */
export function forgetToday() {
  Object.keys(sessionStorage).filter((key) => key.startsWith(KEY)).forEach((key) => sessionStorage.removeItem(key));
}

export class Today {
  /** `key` tells one desk and clerk from another; `open(id)` shows a verdict again. */
  constructor({ list, summary, key, open }) {
    const day = new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });
    Object.assign(this, { list, summary, open, covered: false, key: `${KEY}${day}.${key}` });
    this.entries = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    this.render();
  }

  /** Add a verdict; one that is given again replaces its first entry. */
  add(verdict, label) {
    const name = verdict.offline ? word("offline_label", { label }) : label;
    const entry = { id: verdict.id, verdict: verdict.verdict, label: name, at: verdict.checked_at };
    this.entries = [entry, ...this.entries.filter((one) => one.id !== entry.id)];
    this.keep();
  }

  /** It turned out otherwise: the person does not match, or the library found so later. */
  refute(id, label) {
    const entry = this.entries.find((one) => one.id === id);
    if (entry) Object.assign(entry, { verdict: "refused", label });
    this.keep();
  }

  keep() {
    sessionStorage.setItem(this.key, JSON.stringify(this.entries.slice(0, 400)));
    this.render();
  }

  /** Show nothing any more; what still comes in is kept for when the page is opened again. */
  cover() {
    this.covered = true;
    this.render();
  }

  render() {
    if (this.covered) return this.list.replaceChildren();
    const good = this.entries.filter((one) => one.verdict === "accepted").length;
    const waiting = this.entries.filter((one) => one.verdict === "pending").length;
    this.summary.textContent = word("today", { good, bad: this.entries.length - good - waiting });
    this.list.replaceChildren(...this.entries.slice(0, SHOWN).map((entry) => {
      const row = document.createElement("li");
      const button = document.createElement("button");
      const label = document.createElement("span");
      const time = document.createElement("time");
      button.type = "button";
      button.className = `entry ${entry.verdict}`;
      label.textContent = entry.label;
      time.textContent = timeOfDay(new Date(entry.at));
      button.append(icon(MARKS[entry.verdict] ?? "wait"), label, time);
      button.addEventListener("click", () => this.open(entry.id));
      row.append(button);
      return row;
    }));
  }
}
