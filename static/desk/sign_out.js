/** Signing out at a desk: nobody judges on with what it keeps, and the clerk hears of what is not sent. */

import { forgetDesk } from "./forget.js";
import { unsent } from "./unsent.js";

const WAIT = 2000; // ms: whatever the browser does, the clerk can leave

const form = document.querySelector('form[action="/sign-out"]');
const later = (given) => new Promise((resolve) => { setTimeout(resolve, WAIT, given); });

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const left = await Promise.race([unsent().catch(() => []), later([])]);
  if (left.length && !window.confirm(form.dataset.unsent.replace("{n}", left.length))) return;
  await Promise.race([forgetDesk(), later()]);
  form.submit();
});
