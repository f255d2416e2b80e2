/** The sign-in page: nobody is signed in, so no desk stays open, opens without a network, or is to be locked. */

import { forgetLock, forgetPage } from "./forget.js";
import { tellNobody } from "./tabs.js";

tellNobody();
forgetPage();
forgetLock();
