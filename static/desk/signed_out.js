/** The sign-in page: nobody is signed in, so no desk stays open or opens without a network. */

import { forgetPage } from "./forget.js";
import { tellNobody } from "./tabs.js";

tellNobody();
forgetPage();
