/** Signed out here, and on to the identity provider: first this browser lets go of what it kept. */

import { forgetPage } from "../desk/forget.js";
import { tellNobody } from "../desk/tabs.js";

const WAIT = 1000; // ms: whatever the browser does, the visitor gets there

tellNobody();
await Promise.race([
  forgetPage().catch(() => {}),
  new Promise((resolve) => { setTimeout(resolve, WAIT); }),
]);
location.replace(document.getElementById("elsewhere").href);
