/** The page's words, in the visitor's language, from the JSON block that its template renders. */

const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/** The word for a key, with `{name}` places filled in. */
export function word(key, places = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => places[name] ?? whole);
}

/** Whether the page is in English. */
export const english = document.documentElement.lang === "en";

/** A member of an answer in the page's language: `item_en` for `item` on an English page. */
export const spoken = (answer, name) => (english && answer[`${name}_en`]) || answer[name];

/**
 * Why the server did not do it: our own word for the slug, on a Chinese page else the server's
 * sentence, else a general one that names the slug.
 */
export function explained(prefix, { slug, detail, title }) {
  const own = `${prefix}_${slug}`;
  if (own in words) return words[own];
  return (!english && (detail || title)) || word(`${prefix}_other`, { slug });
}

/** A list of words, set apart as the language does. */
export const listed = (items) => items.join(word("and"));

const clock = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const stamp = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

/** 10:32:07, on the clock of Shanghai, wherever the phone thinks it is. */
export const timeOfDay = (moment) => clock.format(moment);

/** 2029-03-31 10:32:07 */
export const dayAndTime = (moment) => stamp.format(moment);

/** An icon of the page's sprite, as an element. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}
