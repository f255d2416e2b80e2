/** /v: says whether the code behind the # is genuine. It consumes nothing and shows no licence. */

import { call } from "../js/api.js";
import { word } from "../js/words.js";

const answer = document.getElementById("answer");
const title = document.getElementById("answer-title");
const text = document.getElementById("answer-text");
const facts = document.getElementById("answer-facts");
const again = document.getElementById("answer-again");
const use = document.querySelector("#answer-mark use");

const code = location.hash.slice(1);
// A code in the address bar would be kept in the history and in whatever is shared from it.
if (code) history.replaceState(null, "", location.pathname);

const ICONS = { genuine: "check", not_genuine: "cross", none: "qr", offline: "offline", busy: "wait" };

function show(state, words) {
  answer.dataset.state = state;
  use.setAttribute("href", `#i-${ICONS[state]}`);
  title.textContent = word(state);
  text.textContent = words ?? word(`${state}_text`);
  again.hidden = state !== "offline" && state !== "busy";
}

/** What anyone may know of the licences: only those whose type is public are in the answer. */
function showFacts(licences = []) {
  facts.replaceChildren(...licences.flatMap((one) => [
    ["type", one.type], ["holder", one.holder], ["status", word(one.status)], ["valid_until", one.valid_until],
  ].filter(([, value]) => value).map(([name, value]) => {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const detail = document.createElement("dd");
    term.textContent = word(name);
    detail.textContent = value;
    row.append(term, detail);
    return row;
  })));
  facts.hidden = !facts.childElementCount;
}

async function ask() {
  if (!code) return show("none");
  text.textContent = word("checking");
  try {
    const result = await call("POST", "/public/verifications", { code });
    showFacts(result.licences);
    const chinese = document.documentElement.lang.startsWith("zh"); // as the server's notice is
    show(result.genuine ? "genuine" : "not_genuine", (chinese && result.notice) || undefined);
  } catch (problem) {
    if (problem.status === 429) show("busy");
    else if (problem.status >= 400 && problem.status < 500) show("not_genuine");
    else show("offline");
  }
}

again.addEventListener("click", ask);
window.addEventListener("hashchange", () => location.reload());
ask();
