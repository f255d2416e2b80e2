/** One verdict on a code: the library's while it can be reached, else the desk's own. */

import { Problem, call } from "../js/api.js";
import { canJudge, foreign, judgeAlone } from "./alone.js";
import { isAway } from "./connection.js";
import { forgetPage } from "./forget.js";
import { noteUse } from "./uses.js";
import { shortLabel } from "./verdict.js";

// ms for a verdict of the library: below the 10 s in which it takes the same use for one.
const WAIT = 8000;
// After these a code can be used no more: the reason by which this desk alone refuses it then.
const SPENT = {
  ok: "already_used", already_used: "already_used", withdrawn: "withdrawn", consent_pending: "already_used",
  consent_refused: "already_used", consent_expired: "already_used",
};

/**
 * The verdict on a code's text for an item; rejects with a Problem when nobody judged it. `consent` and
 * `types` (short numbers, empty for any) are the item's, `account` who judges, `connection` a Connection.
 */
export async function verdictOn(code, { item, consent, types, account, connection }) {
  if (await connection.reachable()) {
    try {
      const verdict = await agreed(await call("POST", "/verifications", { code, item }, { wait: WAIT }));
      const spent = SPENT[verdict.reason];
      if (spent) await noteUse(code, spent).catch(() => {}); // the library knows it
      return { ...verdict, foreign: foreign(verdict) };
    } catch (problem) {
      if (problem.status === 401) forgetPage();
      if (!isAway(problem)) throw problem;
      connection.lost();
    }
  }
  // Nobody can be asked while the network is gone.
  if (consent !== "none") throw new Problem({ slug: "cannot_ask" });
  if (!canJudge()) throw new Problem({});
  try {
    return await judgeAlone(code, { item, types, account, label: shortLabel });
  } catch (problem) {
    if (problem instanceof Problem) throw problem;
    throw new Problem({ slug: "unavailable", status: 503 }); // no record, no verdict
  }
}

/** A scan again after the holder's yes tells of it; what was agreed to is read at the verification alone. */
async function agreed(verdict) {
  if (verdict.verdict !== "accepted" || verdict.licences.length) return verdict;
  return { ...await call("GET", `/verifications/${encodeURIComponent(verdict.id)}`), repeated: true };
}
