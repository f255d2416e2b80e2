/** Reports what was judged offline, and shows what is not sent yet and what the library found otherwise. */

import { dayAndTime, english, icon, word } from "../js/words.js";
import { isAway } from "./connection.js";
import { acknowledge, conflicts, sendAll, unsent } from "./unsent.js";

const AGAIN = 30000; // ms between tries while something is not sent

const part = (name) => document.getElementById(name);

export class Reports {
  /**
   * `account` is who judges here. `itemName(code)` names an item. `refuted(finding, label)` is called for a
   * judgement that the library found otherwise.
   */
  constructor({ account, connection, itemName, refuted }) {
    Object.assign(this, { account, connection, itemName, refuted, signedOut: false });
  }

  start() {
    this.show();
    setInterval(() => this.send(), AGAIN);
  }

  async send() {
    if (!this.connection.up) return;
    try {
      await sendAll(this.account, () => this.show());
      this.signedOut = false;
    } catch (problem) {
      this.signedOut = problem.status === 401;
      if (isAway(problem)) this.connection.lost();
    }
    await this.show();
  }

  async show() {
    const [waiting, found] = await Promise.all([unsent(), conflicts()]);
    const own = waiting.filter((entry) => entry.account === this.account).length;
    const others = waiting.length - own;
    part("unsent").textContent = waiting.length ? word("unsent", { n: waiting.length }) : "";
    const said = [];
    if (own && this.signedOut) said.push(word("unsent_signed_out", { n: own }));
    if (others) said.push(word("unsent_others", { n: others }));
    part("unsent-note").hidden = !said.length;
    part("unsent-note-text").textContent = said.join(" ");
    part("unsent-sign-in").hidden = !(own && this.signedOut);
    this.showConflicts(found.filter((entry) => entry.account === this.account));
  }

  /** Each stands until it is acknowledged; one that already stands is left alone. */
  showConflicts(found) {
    const list = part("conflicts");
    const ids = new Set(found.map((entry) => entry.id));
    for (const shown of [...list.children]) if (!ids.has(shown.dataset.id)) shown.remove();
    const standing = new Set([...list.children].map((shown) => shown.dataset.id));
    for (const entry of found.filter((one) => !standing.has(one.id))) {
      list.append(this.conflict(entry));
      this.refuted(entry.finding, word(entry.finding.conflict ? "conflict_short" : "problem_short"));
    }
  }

  conflict(entry) {
    const { finding } = entry;
    const article = document.createElement("article");
    article.className = "conflict";
    article.dataset.id = entry.id;
    article.dataset.testid = "conflict";
    article.dataset.reason = finding.reason ?? finding.problem;
    const title = document.createElement("h2");
    title.append(icon("warn"), word(finding.conflict ? "conflict_title" : "problem_title"));
    const done = document.createElement("button");
    done.type = "button";
    done.className = "button";
    done.textContent = word("conflict_done");
    done.addEventListener("click", async () => {
      await acknowledge(entry.id);
      await this.show();
    });
    const body = document.createElement("div");
    body.append(
      title,
      line("which", word("conflict_which", {
        time: dayAndTime(new Date(entry.judged_at)), licence: entry.label, item: this.itemName(entry.item),
      })),
      line("found", word("conflict_found", { message: sentence(finding) })),
    );
    if (finding.conflict) body.append(line("do", word("conflict_do")));
    article.append(body, done);
    return article;
  }
}

function line(kind, text) {
  const paragraph = document.createElement("p");
  paragraph.className = kind;
  paragraph.textContent = text;
  return paragraph;
}

/** What the library says, in the page's language. */
function sentence({ reason, problem, message, since }) {
  if (!english && message) return message;
  const found = word(problem ? `problem_${problem}` : `reason_${reason}`);
  return since ? found + word("conflict_since", { time: dayAndTime(new Date(since)) }) : found;
}
