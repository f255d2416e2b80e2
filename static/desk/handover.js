/** Handing the desk over: what this computer has not told the library is sent if it can be, else named. */

import { timeOfDay, word } from "../js/words.js";
import { forgetDesk } from "./forget.js";
import { forgetToday } from "./today.js";
import { conflicts, sendAll, unsent } from "./unsent.js";

const WAIT = 2000; // ms: whatever the browser does, the clerk can leave

const part = (name) => document.getElementById(name);
const form = part("handover");
const { account } = form.dataset;
const isOwn = (entry) => entry.account === account;

async function show() {
  const waiting = await unsent();
  const own = waiting.filter(isOwn);
  const others = waiting.length - own.length;
  part("unsent-count").value = own.length;
  part("unsent-box").hidden = !waiting.length;
  part("unsent-title").textContent = own.length ? word("unsent_own", { n: own.length }) : word("unsent_others", { n: others });
  part("unsent-list").replaceChildren(...own.map(line));
  part("unsent-advice").textContent = [
    own.length && word("unsent_advice"), own.length && others && word("unsent_others", { n: others }),
  ].filter(Boolean).join(" ");
  const found = (await conflicts()).filter(isOwn);
  part("conflicts-box").hidden = !found.length;
  part("conflicts-title").textContent = word("conflicts", { n: found.length });
}

function line({ judged_at: at, label }) {
  const item = document.createElement("li");
  const time = document.createElement("span");
  time.className = "num";
  time.textContent = timeOfDay(new Date(at));
  item.append(time, ` · ${label}`);
  return item;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  forgetToday();
  await Promise.race([forgetDesk(), new Promise((done) => { setTimeout(done, WAIT); })]);
  form.submit();
});

await show();
await sendAll(account, show).catch(() => {}); // then it stays named
await show();
