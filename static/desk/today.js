/**
 * The day's list: what a clerk has judged at this computer, in whichever tab, since the desk was handed to
 * them. Kinds and times, no person.
 */

import { icon, timeOfDay, word } from "../js/words.js";

const SHOWN = 40;
const KEPT = 1000;
const KEY = "desk.today.";
const MARKS = { accepted: "check", refused: "cross", pending: "wait", undetermined: "warn" };

const kept = () => Object.keys(localStorage).filter((key) => key.startsWith(KEY));

/** The desk is handed over: the next shift begins with an empty list. */
export function forgetToday() {
  kept().forEach((key) => localStorage.removeItem(key));
}

export class Today {
  /** `key` tells one desk and clerk from another; `open(id)` shows a verdict again. */
  constructor({ list, summary, key, open }) {
    const day = `${KEY}${new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" })}`;
    kept().filter((one) => !one.startsWith(day)).forEach((one) => localStorage.removeItem(one));
    Object.assign(this, { list, summary, open, covered: false, key: `${day}.${key}` });
    window.addEventListener("storage", ({ key: changed }) => { if (changed === this.key) this.render(); });
    this.render();
  }

  /** Newest first, as any tab left them. */
  get entries() {
    return JSON.parse(localStorage.getItem(this.key) ?? "[]");
  }

  /** Add a verdict; one that is given again replaces its first entry. */
  add(verdict, label) {
    const name = verdict.offline ? word("offline_label", { label }) : label;
    const entry = { id: verdict.id, verdict: verdict.verdict, label: name, at: verdict.checked_at };
    this.keep([entry, ...this.entries.filter((one) => one.id !== entry.id)]);
  }

  /** It turned out otherwise: the person does not match, or the library found so later. */
  refute(id, label) {
    this.keep(this.entries.map((one) => (one.id === id ? { ...one, verdict: "refused", label } : one)));
  }

  keep(entries) {
    localStorage.setItem(this.key, JSON.stringify(entries.slice(0, KEPT)));
    this.render();
  }

  /** Show nothing any more; what still comes in is kept for when the page is opened again. */
  cover() {
    this.covered = true;
    this.render();
  }

  render() {
    if (this.covered) return this.list.replaceChildren();
    const { entries } = this;
    const count = (verdict) => entries.filter((one) => one.verdict === verdict).length;
    const open = count("undetermined");
    this.summary.textContent = word("today", { good: count("accepted"), bad: count("refused") })
      + (open ? word("today_open", { n: open }) : "");
    this.list.replaceChildren(...entries.slice(0, SHOWN).map((entry) => this.row(entry)));
  }

  row(entry) {
    const row = document.createElement("li");
    const button = document.createElement("button");
    const label = document.createElement("span");
    const time = document.createElement("time");
    button.type = "button";
    button.className = `entry ${entry.verdict}`;
    label.textContent = entry.label;
    time.textContent = timeOfDay(new Date(entry.at));
    button.append(icon(MARKS[entry.verdict]), label, time);
    button.addEventListener("click", () => this.open(entry.id));
    row.append(button);
    return row;
  }
}
