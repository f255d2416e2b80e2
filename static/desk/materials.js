/**
 * What else the matter needs, and which of it the library holds: said before paper is asked for (O-13). The library
 * is asked only where the item needs more than what was shown, and the verdict does not wait for it.
 */

import { call } from "../js/api.js";
import { english, explained, icon, listed, spoken, word } from "../js/words.js";

const part = (name) => document.getElementById(name);
let current = null; // the verdict for which the list stands

/** Say it of an accepted verdict and the text that was scanned; of any other nothing. `item` is the chosen one. */
export async function showMaterials(verdict, text, item) {
  hideMaterials();
  // Whose licences another region's code shows is not known here.
  if (verdict?.verdict !== "accepted" || verdict.federated || !text || !lacks(verdict, item)) return;
  current = verdict;
  if (verdict.offline) return note(word("materials_offline"));
  try {
    const told = await call("POST", "/holdings", { item: item.code, by: { code: text } }, { wait: 8000 });
    if (current === verdict) list(told);
  } catch {
    if (current === verdict) note(word("materials_unknown"));
  }
}

/** Take it off the screen. */
export function hideMaterials() {
  current = null;
  part("materials").hidden = true;
  part("materials-list").replaceChildren();
  part("materials-note").textContent = "";
}

/** Whether the item needs a material that the licences of a verdict do not satisfy. */
function lacks(verdict, item) {
  const needed = JSON.parse(item?.materials ?? "[]").filter((one) => one.needed);
  const several = ({ all_of: allOf, types }) => allOf && types.length > 1;
  // Offline a licence is known by its name alone.
  if (verdict.offline) return needed.length > 1 || needed.some(several);
  const shown = new Set((verdict.licences ?? []).map((one) => one.type));
  const there = (type) => shown.has(type);
  return needed.some(({ all_of: allOf, types }) => !(allOf ? types.every(there) : types.some(there)));
}

function note(text) {
  part("materials-note").textContent = text;
  part("materials").hidden = false;
}

function list({ id, materials }) {
  const held = materials.filter((one) => one.held);
  const spared = held.filter((one) => !one.shown).map((one) => spoken(one, "material"));
  const rows = materials.filter((one) => !one.held).map((one) => line("need", "warn", stillAsked(one)));
  if (spared.length) rows.unshift(line("have", "check", word("materials_held", { names: listed(spared) })));
  if (held.length) rows.push(wanting(id, held));
  part("materials-list").replaceChildren(...rows);
  part("materials").hidden = false;
}

/** What must still be asked for, and why. */
function stillAsked({ needed, missing, exception, ...one }) {
  const types = missing.length > 1 ? word("material_types", { types: listed(missing.map((type) => spoken(type, "name"))) }) : "";
  const why = english ? word(`material_${exception.reason}`) : exception.message;
  return word(needed ? "material_needed" : "material_perhaps", { name: spoken(one, "material") + types, why });
}

function line(kind, mark, said) {
  const row = document.createElement("li");
  row.className = kind;
  const text = document.createElement("p");
  text.textContent = said;
  row.append(icon(mark), text);
  return row;
}

/** A way to say that paper is wanted nonetheless: of what, why, and on what basis. Holder and managing unit read it. */
function wanting(id, held) {
  const row = document.createElement("li");
  const want = document.createElement("button");
  want.type = "button";
  want.className = "button quiet";
  want.dataset.testid = "want-paper";
  want.textContent = word("material_want");
  want.addEventListener("click", () => {
    const asking = form(id, held, () => row.replaceWith(line("need", "warn", word("material_recorded"))));
    want.replaceWith(asking);
    asking.querySelector("select, input").focus();
  });
  row.append(want);
  return row;
}

function form(id, held, done) {
  const asking = document.createElement("form");
  const which = document.createElement("select");
  const first = [...held].sort((one, other) => one.shown - other.shown); // likelier than what was just shown
  which.append(...first.map((one) => new Option(spoken(one, "material"), one.material)));
  const [reason, basis] = [0, 1].map(() => {
    const input = document.createElement("input");
    return Object.assign(input, { type: "text", required: true, maxLength: 200, autocomplete: "off" });
  });
  for (const [name, field] of Object.entries({ which, reason, basis })) {
    const label = document.createElement("label");
    label.append(word(`material_${name}`), field);
    asking.append(label);
  }
  const send = document.createElement("button");
  send.className = "button";
  send.textContent = word("material_record");
  const problem = document.createElement("p");
  problem.className = "bad";
  problem.setAttribute("role", "alert");
  asking.append(send, problem);
  asking.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      const said = { material: which.value, reason: reason.value.trim(), basis: basis.value.trim() };
      await call("POST", `/holdings/${encodeURIComponent(id)}/refusals`, said);
      done();
    } catch (failed) {
      send.disabled = false;
      problem.textContent = explained("problem", failed);
    }
  });
  return asking;
}
