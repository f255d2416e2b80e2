/**
 * The desk (核验台): five ways in (camera, wired scanner, picture, typing, desk number), one verdict out. The
 * library gives it while it can be reached, else the desk judges with what it keeps, and reports later.
 */

import { Problem, call, signIn } from "../js/api.js";
import { explained, word } from "../js/words.js";
import { recallAlone } from "./alone.js";
import { Connection } from "./connection.js";
import { chosen, chosenCode, itemName, setUpItem } from "./item.js";
import { verdictOn } from "./judging.js";
import { inUse, isLocked, setUpLock } from "./lock.js";
import { hideMaterials, showMaterials } from "./materials.js";
import { showConnection } from "./network.js";
import { setUpNumber } from "./number.js";
import { readFile } from "./reader.js";
import { Reports } from "./reports.js";
import { Sightings } from "./sightings.js";
import { setUpSound, signal } from "./signal.js";
import { join, tellLocked } from "./tabs.js";
import { Today } from "./today.js";
import { keepFresh, letGo, recall } from "./trust.js";
import { noteOutcome } from "./unsent.js";
import { Unserved } from "./unserved.js";
import { forgetEnded } from "./uses.js";
import { hideFields, shortLabel, showMismatch, showProblem, showVerdict } from "./verdict.js";
import { setUpCamera } from "./viewport.js";
import { Waiting } from "./waiting.js";
import { listenToScanner } from "./wedge.js";

const part = (name) => document.getElementById(name);
const FIELDS_SHOWN = 120000; // ms: as long as the server lets this desk read the fields again
// A page that came neither by https nor from this computer can keep and verify nothing.
const ABLE = Boolean(globalThis.crypto?.subtle && navigator.serviceWorker);
// After these a fresher text of the same code may get a better answer.
const MAY_MEND = new Set(["expired", "not_yet_valid", "trust_stale", "malformed", "unknown_key"]);

const sightings = new Sightings();
const today = new Today({
  list: part("today-list"), summary: part("today-summary"), key: part("desk").dataset.desk, open: review,
});

let shown = null; // { verdict, scanned } or { problem, text } on the screen
let running = Promise.resolve(); // codes are judged one after the other
const inFlight = new Set();
const { account } = part("desk").dataset;
const connection = new Connection((up) => {
  showConnection(up);
  if (up && ABLE) back();
});
const reports = new Reports({ account, connection, itemName, refuted });
const waiting = new Waiting({
  tick: (left) => { part("verdict-facts").textContent = word(left ? "answer_left" : "answer_over", { n: left }); },
  ended: came,
});
const unserved = new Unserved(review);
let fieldsTimer = 0;

/* What goes in */

function scanned(text) {
  const code = text.trim();
  if (!code || inFlight.has(code) || isLocked()) return;
  inUse();
  inFlight.add(code);
  part("ready").classList.add("checking");
  part("ready").hidden = false;
  part("verdict").hidden = true;
  running = running.then(() => judge(code)).finally(() => inFlight.delete(code));
}

async function judge(code) {
  if (!chosenCode()) return present({ problem: new Problem({ slug: "not_permitted", status: 403 }), text: code });
  try {
    const { consent, numbers } = chosen();
    const types = numbers.split(" ").filter(Boolean).map(Number);
    const verdict = await verdictOn(code, { item: chosenCode(), consent, types, account, connection });
    if (!MAY_MEND.has(verdict.reason)) sightings.settle(code);
    today.add(verdict, shortLabel(verdict));
    present({ verdict, scanned: code });
    if (verdict.offline) reports.show();
  } catch (problem) {
    present({ problem, text: code });
  }
}

/* What comes out */

function present(next, { quietly = false } = {}) {
  if (isLocked()) return;
  const before = shown;
  shown = next;
  clearTimeout(fieldsTimer);
  waiting.stop();
  if (awaitsOutcome(before) && before.verdict.id !== next.verdict?.id) {
    unserved.offer(before.verdict, fieldsLeft(before.verdict));
  } else {
    unserved.letGo(next.verdict?.id);
  }
  if (next.verdict) {
    showVerdict(next.verdict, chosen());
    if (next.verdict.verdict === "accepted") fieldsTimer = setTimeout(hideFields, fieldsLeft(next.verdict));
    if (next.verdict.verdict === "pending") waiting.start(next.verdict);
  } else {
    showProblem(next.problem, chosen());
  }
  showMaterials(next.verdict, next.scanned, chosen());
  part("ready").hidden = true;
  part("ready").classList.remove("checking");
  part("verdict").hidden = false;
  part("verdict").classList.toggle("arrive", !quietly);
  part("note").textContent = "";
  part("say").textContent = word("said", {
    verdict: part("verdict-word").textContent, sentence: part("verdict-sentence").textContent,
  });
  part("verdict-next").focus({ preventScroll: true });
  const { top } = part("verdict").getBoundingClientRect();
  if (top < 0 || top > window.innerHeight / 2) part("verdict").scrollIntoView({ block: "start" });
  if (!quietly) signal(next.verdict?.verdict ?? "other");
}

const awaitsOutcome = (one) => one?.verdict?.verdict === "accepted" && !one.told;

/** The holder has answered, or has not in time, or nobody can be asked what came of it. */
function came({ verdict, problem }) {
  if (!verdict) return present({ problem, asked: shown.verdict.id });
  today.add(verdict, shortLabel(verdict));
  present({ verdict });
}

/** The library found otherwise: what it refuses does not stay on the screen as accepted. */
function refuted(finding, label) {
  const { id, conflict, verdict, reason, message } = finding;
  today.refute(id, label);
  unserved.letGo(id);
  if (!conflict || shown?.verdict?.id !== id) return;
  present({ verdict: { ...shown.verdict, verdict, reason, message, licences: [], unchecked: [] } });
}

/** How long (ms) the server still lets this desk read a verdict's fields. */
function fieldsLeft(verdict) {
  const age = Date.now() - Date.parse(verdict.checked_at);
  return FIELDS_SHOWN - Math.min(Math.max(age, 0), FIELDS_SHOWN);
}

function clear() {
  shown = null;
  clearTimeout(fieldsTimer);
  waiting.stop();
  part("verdict").hidden = true;
  part("verdict-paper").replaceChildren();
  part("verdict-licences").replaceChildren();
  hideMaterials();
  part("ready").hidden = false;
  part("ready").classList.remove("checking");
  part("say").textContent = "";
  if (part("verdict").contains(document.activeElement)) document.activeElement.blur();
}

/** Show an earlier verdict of this desk again; its fields come along for two minutes. */
async function review(id) {
  try {
    const own = await recallAlone(id).catch(() => null);
    present({ verdict: own ?? await call("GET", `/verifications/${encodeURIComponent(id)}`) }, { quietly: true });
  } catch (problem) {
    present({ problem, asked: problem.status === 404 ? null : shown?.asked }, { quietly: true });
  }
}

/** The clerk's next step: done with this person, or try again what did not get through. */
async function next() {
  if (!shown) return;
  const { verdict, problem, text, asked } = shown;
  if (problem?.status === 401) return signIn();
  if (asked) return review(asked);
  if (problem && text && problem.slug !== "not_permitted") return scanned(text);
  if (awaitsOutcome(shown)) return tell("served");
  clear();
}

async function tell(outcome) {
  const current = shown;
  if (!current?.verdict || current.told) return;
  current.told = outcome;
  try {
    const noted = current.verdict.offline && await noteOutcome(current.verdict.id, outcome);
    if (!noted) await call("POST", `/verifications/${encodeURIComponent(current.verdict.id)}/outcome`, { outcome });
  } catch (problem) {
    current.told = null;
    if (shown === current) part("note").textContent = problem.status ? explained("problem", problem) : word("outcome_unsent");
    return;
  }
  if (outcome === "person_mismatch") {
    today.refute(current.verdict.id, word("mismatch_short"));
    if (shown === current) {
      clearTimeout(fieldsTimer);
      showMismatch();
      hideMaterials();
      signal("refused");
      part("say").textContent = part("verdict-sentence").textContent;
      part("verdict-next").focus({ preventScroll: true });
    }
  } else if (shown === current) {
    clear();
  }
}

/* Item, camera, picture, typing, wired scanner, desk number */

setUpItem(() => sightings.reopen());

const camera = setUpCamera((text) => { if (sightings.isNew(text, performance.now())) scanned(text); });

part("scan-file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  const text = await readFile(file);
  if (text) scanned(text);
  else present({ problem: new Problem({ slug: "no_code", status: 422 }) });
});

part("type").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = part("scan-text").value;
  part("scan-text").value = "";
  if (text.trim()) scanned(text);
  else next();
});

listenToScanner(scanned);

// Who sends a code stands somewhere in the queue: it must not take the place of a verdict that is being read.
const number = setUpNumber({ taken: scanned, free: () => shown === null && !inFlight.size });

/* Keys and sound */

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.defaultPrevented || event.repeat) return;
  if (event.target.closest("button, a, input, select, textarea, summary")) return;
  next();
});
part("verdict-next").addEventListener("click", next);
part("verdict-mismatch").addEventListener("click", () => tell("person_mismatch"));
part("verdict-not-served").addEventListener("click", () => tell("not_served"));

setUpSound();

/* A desk that opens and judges without a network */

/** The library is there again: its keys and lists anew, and what it has not been told of. */
function back() {
  keepFresh(async (fetched) => {
    if (!fetched) await connection.check();
    showConnection(connection.up);
  });
  reports.send();
}

async function prepare() {
  if (!ABLE) return;
  await recall().catch(() => {}); // nothing that could be read
  back();
  reports.start();
  forgetEnded().catch(() => {});
  navigator.storage?.persist?.();
  // By its cookie the worker tells this session's page from another's.
  if (globalThis.cookieStore) await navigator.serviceWorker.register("/desk-worker.js", { scope: "/desk" });
}

/* Leaving it */

/** Nothing of anybody stays in the page; what is still on its way finds it locked. */
function cover() {
  camera.stop();
  number.hide();
  letGo();
  clear();
  unserved.clear();
  today.cover();
  ["verdict-sentence", "verdict-facts", "conflicts"].forEach((name) => part(name).replaceChildren());
  ["desk", "deskbar"].forEach((name) => { part(name).hidden = true; });
  part("scan-text").value = "";
}

const { locksAfter } = part("desk").dataset; // s; a desk that runs alone has nobody to unlock it
const lock = locksAfter ? setUpLock({ after: locksAfter * 1000, clear: cover, tell: tellLocked }) : () => {};
join(account, { end: letGo, lock });
showConnection(connection.up);
prepare();
