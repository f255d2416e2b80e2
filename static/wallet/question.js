/** A desk's question on the sheet: who asks, for which matter, which fields, how long they are kept; yes or no. */

import { spoken, word } from "../js/words.js";

const part = (name) => document.getElementById(name);
const REMINDER = 30; // s: then a screen reader says how much is left

let reminded = false;

/** Let the two buttons answer: `answer(allow)` resolves when the server has been told, or could not be. */
export function bindAnswers(answer) {
  for (const [name, allow] of [["ask-allow", true], ["ask-refuse", false]]) {
    part(name).addEventListener("click", async () => {
      setBusy(true);
      await answer(allow);
      setBusy(false);
    });
  }
}

/** Fill in a question of the server. */
export function fillQuestion(question) {
  const fields = spoken(question, "fields");
  part("ask-who").textContent = question.unit;
  part("ask-where").textContent = question.terminal;
  part("ask-item").textContent = spoken(question, "item");
  part("ask-count").textContent = word("ask_fields", { n: fields.length });
  part("ask-fields").replaceChildren(...(question.licences.length > 1
    ? question.licences.map(ofLicence)
    : lines(fields)));
  part("ask-kept").textContent = spoken(question, "retention");
  reminded = false;
  setBusy(false);
}

function ofLicence(licence) {
  const part = document.createElement("li");
  const name = document.createElement("b");
  const seen = document.createElement("ul");
  name.textContent = spoken(licence, "name");
  seen.replaceChildren(...lines(spoken(licence, "fields")));
  part.append(name, seen);
  return part;
}

function lines(fields) {
  return fields.map((field) => {
    const line = document.createElement("li");
    line.textContent = field;
    return line;
  });
}

/** What a screen reader says once a question has been filled in. */
export function questionSaid() {
  return word("ask_said", { who: part("ask-who").textContent, item: part("ask-item").textContent });
}

/** Show how much time is left; gives what is to be said now, if anything. */
export function tickQuestion(showing) {
  const left = Math.max(0, Math.ceil((showing.question.ends - showing.now()) / 1000));
  part("ask-left").textContent = left ? word("ask_left", { n: left }) : word("ask_over");
  part("ask-unsent").hidden = !showing.unsent;
  for (const name of ["ask-allow", "ask-refuse"]) part(name).hidden = left === 0;
  if (reminded || left > REMINDER || left === 0) return null;
  reminded = true;
  return word("ask_left", { n: left });
}

function setBusy(busy) {
  for (const name of ["ask-allow", "ask-refuse"]) part(name).disabled = busy;
}
