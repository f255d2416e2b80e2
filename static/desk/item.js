/** The matter that this desk serves: chosen once, and remembered on this computer. */

const part = (name) => document.getElementById(name);
const REMEMBERED = "desk.item";
const items = part("item");

/** The chosen item's code, empty where there is none. */
export const chosenCode = () => items.value;

/** What the page says of the chosen item: {code, consent, numbers, channel, types, fields, materials (JSON)}; null where there is none. */
export const chosen = () => items.selectedOptions[0]?.dataset ?? null;

/** The name of an item of this desk, else its code. */
export const itemName = (code) => [...items.options].find((option) => option.value === code)?.textContent ?? code;

/** Choose what was chosen last; `changed()` is called when the clerk chooses another. */
export function setUpItem(changed) {
  const remembered = localStorage.getItem(REMEMBERED);
  if ([...items.options].some((option) => option.value === remembered)) items.value = remembered;
  show();
  items.addEventListener("change", () => {
    localStorage.setItem(REMEMBERED, items.value);
    show();
    changed();
  });
}

function show() {
  const item = chosen();
  part("item-types").textContent = item?.types ?? "";
  part("item-fields").textContent = item?.fields ?? "";
  part("item-asks").hidden = (item?.consent ?? "none") === "none";
  part("item-channel").textContent = item?.channel ?? "";
}
