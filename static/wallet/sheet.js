/** The full-screen code: shows one Showing at a time, from the tap to 「已核验」. */

import { signIn } from "../js/api.js";
import { dayAndTime, explained, listed, spoken, timeOfDay, word } from "../js/words.js";
import { NumberEntry } from "./desk_number.js";
import { drawCode } from "./qr.js";
import { bindAnswers, fillQuestion, questionSaid, tickQuestion } from "./question.js";
import { Showing } from "./showing.js";

const part = (name) => document.getElementById(name);
const sheet = part("code");
const AROUND = 16; // px of the screen that a code leaves free, across and down
const WIDEST = 380; // px: a camera gains nothing from a larger code, and the rest must fit below
const DIM = 10000; // ms: a code that is still not scanned may be too dark; a page cannot turn the light up

let showing = null;
let source = null; // the button that opened the sheet
let drawn = "";
let since = 0; // when the sheet was opened
let asked = false;
let entry = null; // of a desk number
let ticking = 0;
let lock = null;

/**
 * Let every button with data-show-code, the identifiers, open the sheet. A tap before this script was there
 * leads to a page whose code the server draws.
 */
export function bindShowButtons() {
  document.querySelectorAll("[data-show-code]").forEach((button) => {
    button.addEventListener("click", (tap) => {
      tap.preventDefault();
      start(button);
    });
  });
}

function start(button) {
  source = button;
  part("code-title").textContent = button.dataset.name;
  part("code-holder").textContent = word("holder", { name: button.dataset.holder });
  part("code-hero").className = `hero theme-${button.dataset.theme}`;
  showing?.stop();
  const { showCode, item, matter } = button.dataset;
  part("code-hint").textContent = matter ? word("for_matter", { matter }) : word("scan");
  showing = new Showing(showCode.split(" "), item);
  showing.addEventListener("change", render);
  drawn = "";
  since = Date.now();
  asked = false;
  entry.close();
  part("code-sent").textContent = "";
  part("code-canvas").removeAttribute("data-text");
  part("code-status").textContent = "";
  if (!sheet.open) sheet.showModal();
  part("code-title").focus();
  render();
  showing.open();
  clearInterval(ticking);
  ticking = setInterval(tick, 250);
  keepAwake();
}

function render() {
  if (!showing) return;
  const phase = visiblePhase();
  if (asked && phase !== "asked") {
    asked = false;
    part("code-title").focus(); // the button that was pressed is gone
  }
  if (phase !== "live" && entry.isOpen) return entry.close(); // which comes back here
  const typing = entry.isOpen;
  part("code-live").hidden = phase !== "live" || typing;
  part("number").hidden = !typing;
  part("number-acts").hidden = !typing;
  part("code-number").hidden = phase !== "live" || typing;
  part("code-used").hidden = phase !== "used";
  part("code-ask").hidden = phase !== "asked";
  part("code-hold").hidden = ["live", "asked", "used"].includes(phase);
  const isSent = part("code-sent").textContent !== "";
  part("code-hint").hidden = phase !== "live" || typing || isSent;
  part("code-sent").hidden = phase !== "live" || typing || !isSent;
  part("code-again").hidden = !["used", "refused", "unanswered", "ended", "withdrawn"].includes(phase);
  part("code-note").hidden = phase !== "live" || typing;
  const live = phase === "live" || phase === "loading" || phase === "expired";
  part("code-close").textContent = word(live ? "withdraw" : "close");
  part("code-close").hidden = phase === "asked" || typing;
  part("code-close").disabled = false;
  part("ask-acts").hidden = phase !== "asked";
  if (phase === "live") renderLive();
  else if (phase === "asked") renderAsked();
  else if (phase === "used") renderUsed();
  else renderHold(phase);
  if (showing.finished) letSleep();
}

/** A code past its end must not be shown, even when no newer one could be fetched. */
function visiblePhase() {
  if (showing.phase === "loading" && showing.offline) return "offline";
  if (showing.phase === "live" && showing.now() >= showing.code.expires) return showing.offline ? "offline" : "expired";
  return showing.phase;
}

function renderLive() {
  if (drawn !== showing.code.text) {
    const room = Math.min(sheet.clientWidth, sheet.clientHeight) - AROUND;
    drawCode(part("code-canvas"), showing.code.text, Math.min(room, WIDEST));
    if (!drawn) say(word("ready"));
    drawn = showing.code.text;
  }
  tick();
}

function tick() {
  if (showing?.phase === "asked") {
    const said = tickQuestion(showing);
    if (said) say(said);
  }
  if (!showing?.code || showing.phase !== "live") return;
  if (visiblePhase() !== "live") return (part("code-live").hidden && !entry.isOpen) || render();
  if (part("code-live").hidden && !entry.isOpen) return render();
  const now = showing.now();
  const { fetched, refreshes, expires } = showing.code;
  const late = showing.offline;
  const target = late ? expires : refreshes;
  const left = Math.max(0, target - now);
  const bar = part("code-bar");
  bar.style.transform = `scaleX(${Math.min(1, left / (target - fetched))})`;
  bar.parentElement.classList.toggle("late", late);
  part("code-clock").textContent = timeOfDay(now);
  const line = `${source.dataset.names ?? source.dataset.name} ${timeOfDay(now)}`;
  for (const copy of part("code-line").children) copy.textContent = line;
  if (Date.now() - since > DIM) part("code-hint").textContent = word("bright");
  part("code-left").textContent = word(late ? "offline_left" : "updates_in", { n: Math.ceil(left / 1000) });
}

/** The code gives way to the question; it comes with a shake, and the screen reader begins at its heading. */
function renderAsked() {
  if (!asked) {
    asked = true;
    fillQuestion(showing.question);
    part("code-canvas").removeAttribute("data-text");
    sheet.scrollTop = 0;
    navigator.vibrate?.([200, 100, 200]);
    part("ask-heading").focus();
    say(questionSaid());
  }
  tick();
}

/* What a phase without a code says: [text, icon (none = it is turning), what the button does] */
const HOLDS = {
  loading: () => [word("loading"), null, null],
  expired: () => [word("expired"), null, null],
  offline: () => [word("offline"), "offline", { label: word("retry"), act: () => showing.wake() }],
  ended: () => [word("ended"), "wait", null],
  withdrawn: () => [word("withdrawn"), "eye-off", null],
  refused: () => [word(showing.reason === "consent_refused" ? "refused" : "refused_otherwise",
    { who: showing.question.unit }), "eye-off", null],
  unanswered: () => [word("unanswered", { who: showing.question.unit }), "wait", null],
  signed_out: () => [word("signed_out"), "person", { label: word("sign_in"), act: signIn }],
  failed: () => [explained(showing.licences.length > 1 ? "several" : "failed", showing.problem),
    showing.problem.slug === "frozen" ? "pause" : "warn",
    showing.problem.slug === "frozen" ? { label: word("to_freeze"), act: () => location.assign("/wallet/freeze") } : null],
  unsent: () => [word("withdraw_unsent", { time: timeOfDay(new Date(showing.question?.ends ?? showing.code.expires)) }), "offline",
    { label: word("retry"), act: withdraw }],
};

function renderHold(phase) {
  const [text, icon, action] = HOLDS[phase]();
  part("code-hold-text").textContent = text;
  part("code-spinner").hidden = icon !== null;
  part("code-hold-way").hidden = icon === null;
  part("code-hold-icon").toggleAttribute("hidden", icon === null);
  if (icon) part("code-hold-icon").firstElementChild.setAttribute("href", `#i-${icon}`);
  const button = part("code-hold-act");
  button.hidden = !action;
  button.textContent = action?.label ?? "";
  button.onclick = action?.act ?? null;
  if (icon) say(text);
}

function renderUsed() {
  const use = showing.use;
  const desk = [use.used_by, use.terminal].filter(Boolean).join(" ") || word("desk_unknown");
  const heading = word("used", { desk });
  const item = spoken(use, "item") ?? "";
  const fields = spoken(use, "fields") ?? [];
  part("used-heading").textContent = heading;
  sheet.scrollTop = 0;
  part("used-item-row").hidden = !item;
  part("used-item").textContent = item;
  part("used-at").textContent = dayAndTime(new Date(use.used_at));
  part("used-at").dateTime = use.used_at;
  part("used-fields-row").hidden = !fields.length;
  part("used-fields").textContent = listed(fields);
  part("code-canvas").removeAttribute("data-text");
  navigator.vibrate?.([60, 60, 60]);
  say(heading);
}

/** The code has got to a desk: it stays on the screen, and what is said of it too. */
function sent(desk) {
  const text = word("number_sent", { desk: [desk.unit, desk.terminal].filter(Boolean).join(" ") });
  part("code-sent").textContent = text;
  sheet.scrollTop = 0;
  say(text);
}

/** 收起: the server is told first, so that what the screen then says is true. */
async function close() {
  if (showing.finished) return finish();
  part("code-close").disabled = true;
  await withdraw();
}

async function withdraw() {
  await showing.withdraw();
  if (["used", "unsent", "live"].includes(showing.phase)) render();
  else finish();
}

function finish() {
  clearInterval(ticking);
  letSleep();
  showing?.stop();
  showing = null;
  part("code-canvas").removeAttribute("data-text");
  sheet.close();
  source?.focus();
}

function say(text) {
  part("code-status").textContent = text;
}

async function keepAwake() {
  try {
    lock = await navigator.wakeLock?.request("screen");
  } catch {
    lock = null; // low battery or an old browser: the screen may sleep, the code then refreshes on waking
  }
}

function letSleep() {
  lock?.release().catch(() => {});
  lock = null;
}

if (sheet) {
  part("code-close").addEventListener("click", close);
  part("code-back").addEventListener("click", (event) => {
    event.preventDefault();
    close();
  });
  part("code-again").addEventListener("click", () => start(source));
  bindAnswers((allow) => showing.answer(allow));
  entry = new NumberEntry({ render, sent });
  part("code-number").addEventListener("click", () => entry.open(showing));
  sheet.addEventListener("cancel", (event) => {
    event.preventDefault(); // Escape and the phone's back gesture withdraw, as the button does
    close();
  });
  // Who leaves the page puts the code away: a browser may keep the page whole and show it again on the way back.
  window.addEventListener("pagehide", () => {
    if (!showing) return;
    if (!showing.finished) showing.withdraw();
    finish();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !showing || showing.finished) return;
    render(); // a code may have ended in the phone's sleep, before any timer could take it away
    keepAwake();
  });
  window.addEventListener("resize", () => {
    if (showing?.phase !== "live") return;
    drawn = `${drawn} `;
    render();
  });
}
