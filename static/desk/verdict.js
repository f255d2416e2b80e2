/** Draws a verdict, or the reason why there is none, so that it is read from two metres. */

import { dayAndTime, english, explained, icon, listed, spoken, timeOfDay, word } from "../js/words.js";

const part = (name) => document.getElementById(name);
const MARKS = { accepted: "check", refused: "cross", pending: "wait", undetermined: "warn", error: "warn", mismatch: "cross" };

/** Show a verdict of the API. `item` is the chosen use item. */
export function showVerdict(verdict, item) {
  const accepted = verdict.verdict === "accepted";
  const pending = verdict.verdict === "pending";
  band(verdict.verdict, verdict.reason, sentence(verdict), facts(verdict));
  part("verdict-offline").hidden = !verdict.offline;
  part("verdict-unchecked").hidden = !verdict.unchecked?.length;
  part("verdict-unchecked-how").textContent = word(verdict.federated ? "unchecked_there" : "unchecked_offline");
  part("verdict-unchecked-text").textContent = listed((verdict.unchecked ?? []).map((name) => word(`unchecked_${name}`)));
  const licences = verdict.licences ?? [];
  const shown = accepted && !licences.length ? [fieldsGone()] : licences.map(licence);
  part("verdict-paper").replaceChildren(...(verdict.purpose ? [onPaper(verdict)] : []));
  part("verdict-licences").replaceChildren(...shown);
  part("verdict-channel").hidden = accepted || pending;
  part("verdict-channel-text").textContent = item?.channel ?? "";
  part("verdict-next").hidden = false;
  part("verdict-next-label").textContent = word(accepted ? "served" : pending ? "wait_no_longer" : "next");
  part("verdict-mismatch").hidden = !accepted;
  part("verdict-mismatch-label").textContent = word(hasPhoto(verdict) ? "mismatch_photo" : "mismatch");
  part("verdict-not-served").hidden = !accepted;
  const count = licences.reduce((sum, one) => sum + texts(one).length + (one.photo ? 1 : 0), 0);
  const only = count ? word(hasPhoto(verdict) ? "only_fields_photo" : "only_fields", { n: count }) : "";
  if (verdict.offline) part("verdict-foot").textContent = word("recorded_here");
  else if (accepted && verdict.federated) part("verdict-foot").textContent = word("recorded_foreign");
  else part("verdict-foot").textContent = accepted
    ? [only, word("recorded"), word("legal_effect")].filter(Boolean).join(" · ")
    : word("recorded_only");
}

/** Show that nothing was judged: the network, a limit, or a permission. */
export function showProblem(problem, item) {
  const kind = problem.status === 401 ? "signed_out" : problem.slug;
  // Without an answer nobody knows whether the code was used; the next scan tells.
  const untouched = ["not_permitted", "too_many_requests", "unavailable", "cannot_ask"].includes(problem.slug);
  band("error", problem.slug, explained("problem", { ...problem, slug: kind }), untouched ? word("not_consumed") : "");
  part("verdict-offline").hidden = true;
  part("verdict-unchecked").hidden = true;
  part("verdict-paper").replaceChildren();
  part("verdict-licences").replaceChildren();
  part("verdict-channel").hidden = kind === "no_code" || kind === "signed_out";
  part("verdict-channel-text").textContent = item?.channel ?? "";
  part("verdict-next-label").textContent = word({ no_code: "next", not_permitted: "next", signed_out: "sign_in" }[kind] ?? "retry");
  part("verdict-mismatch").hidden = true;
  part("verdict-not-served").hidden = true;
  part("verdict-foot").textContent = "";
}

/** The clerk has said that the person does not match: the band says what follows. */
export function showMismatch() {
  band("mismatch", part("verdict").dataset.reason, word("mismatch_done"), "");
  part("verdict-unchecked").hidden = true;
  part("verdict-paper").replaceChildren();
  part("verdict-licences").replaceChildren();
  part("verdict-mismatch").hidden = true;
  part("verdict-not-served").hidden = true;
  part("verdict-next-label").textContent = word("next");
  part("verdict-foot").textContent = "";
}

/** Take fields and photo off the screen, and what stands on a copy; the verdict itself stays. */
export function hideFields() {
  part("verdict-paper").replaceChildren();
  if (part("verdict-licences").childElementCount) part("verdict-licences").replaceChildren(fieldsGone());
}

/** What stands on an annotated copy, for the clerk to hold against the paper and the matter. */
function onPaper({ purpose, recipient, ends_on: day, uses: n }) {
  const note = document.createElement("p");
  note.className = "notice wait on-paper";
  note.dataset.testid = "on-paper";
  note.textContent = word("on_paper", { purpose, recipient, day, n });
  return note;
}

function fieldsGone() {
  const note = document.createElement("p");
  note.className = "notice";
  note.textContent = word("fields_gone");
  return note;
}

/** A type's name; a bundle has none in English, the page has those of its items. */
function typeName(one) {
  const name = spoken(one, "type_name") ?? one.type;
  const own = word(`type_${name}`);
  return own === `type_${name}` ? name : own;
}

/** The fields that are read; a photo is looked at, and stands beside them. */
const texts = (one) => one.fields.filter((field) => !String(field.value).startsWith("data:image/"));

/** The short name of what happened, for the day's list. */
export function shortLabel(verdict) {
  const types = (verdict.licences ?? []).map(typeName);
  if (verdict.verdict === "accepted") {
    const by = { delegate: ` · ${word("by_delegate")}`, assisted: ` · ${word("by_assisted")}`, paper: ` · ${word("by_paper")}` };
    return (types.join(word("and")) || word("verdict_accepted")) + (by[verdict.shown_by] ?? "");
  }
  return word(`short_${verdict.reason}`) === `short_${verdict.reason}` ? word("verdict_refused") : word(`short_${verdict.reason}`);
}

function band(kind, reason, text, small) {
  const section = part("verdict");
  section.dataset.verdict = kind === "mismatch" ? section.dataset.verdict : kind;
  section.dataset.reason = reason ?? "";
  part("verdict-band").className = `band ${kind}`;
  part("verdict-mark").replaceChildren(icon(MARKS[kind] ?? "warn"));
  part("verdict-word").textContent = word(`verdict_${kind}`);
  part("verdict-sentence").textContent = text;
  part("verdict-facts").textContent = small;
}

function sentence(verdict) {
  const { message, reason, unchecked, shown_by: shownBy, foreign, federated, region_en: region } = verdict;
  if (!english && message) return message;
  if (!unchecked?.length) return word(`reason_${reason}`);
  const kind = shownBy === "paper" ? "paper" : "live";
  if (federated) return word(`federated_${kind}`, { region });
  return word(`offline_${kind}${foreign ? "_foreign" : ""}`, { issuer: foreign });
}

function facts(verdict) {
  const parts = [];
  const paper = verdict.shown_by === "paper";
  if (verdict.verdict === "accepted" || (verdict.offline && paper)) {
    // Of a live code no status is known offline, nor of another region's: its keys are what has an age.
    const what = (verdict.offline || verdict.federated) && !paper ? "keys_as_of" : "as_of";
    parts.push(word(what, { time: moment(verdict.status_as_of) }));
  }
  if (verdict.federated) parts.push(word("from_region", { region: english ? verdict.region_en : verdict.region }));
  if (paper) parts.push(word("by_paper"));
  if (verdict.shown_by === "delegate") parts.push(word("by_delegate"));
  if (verdict.shown_by === "assisted") parts.push(word("by_assisted"));
  if (verdict.repeated) parts.push(word("repeated"));
  return parts.join(" · ");
}

/** The time, with its day where that is not today. */
function moment(instant) {
  const then = dayAndTime(new Date(instant));
  const [day, time] = then.split(" ");
  return dayAndTime(new Date()).startsWith(day) ? time : then;
}

const hasPhoto = (verdict) => (verdict.licences ?? []).some((one) => one.photo);

function licence(one) {
  const article = document.createElement("article");
  article.className = one.photo ? "judged with-photo" : "judged";
  if (one.photo) {
    const photo = document.createElement("img");
    photo.src = one.photo;
    photo.alt = word("photo");
    article.append(photo);
  }
  // What every desk is told stands above; the list holds the item's registered fields and no more.
  const name = document.createElement("h2");
  name.textContent = typeName(one);
  const until = document.createElement("p");
  until.className = "soft num";
  // Offline nobody knows until when: a code does not say.
  if (one.status) until.textContent = word(one.valid_until ? "valid_until" : "no_end", { day: one.valid_until });
  const list = document.createElement("dl");
  list.className = "pairs";
  for (const field of texts(one)) {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const detail = document.createElement("dd");
    row.dataset.field = field.key;
    term.textContent = spoken(field, "label");
    detail.textContent = field.value;
    row.append(term, detail);
    list.append(row);
  }
  const face = document.createElement("div");
  face.append(name, until, list);
  article.append(face);
  return article;
}
