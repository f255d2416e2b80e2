// Identity providers of other people's making (npm oidc-provider), with invented people who need no password.
// What they are comes as JSON on the standard input:
//   [{ "port", "client": { "client_id", "client_secret", "redirect_uris", "post_logout_redirect_uris" },
//      "people": { sub: claims } }]
// Says "ready" on a line once all listen.

import { createServer } from "node:http";
import { text } from "node:stream/consumers";

import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

const HEAD = `<!doctype html><html lang="zh"><meta charset="utf-8"><title>统一身份认证（测试）</title>
<link rel="icon" href="data:,">`;
const PROFILE = ["name", "id_type", "id_number", "id_number_verified", "employee"];

async function start({ port, client, people }) {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: `key-${port}`, alg: "RS256", use: "sig" };
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [client],
    jwks: { keys: [key] },
    cookies: { keys: ["for tests only"] },
    claims: { openid: ["sub"], profile: PROFILE },
    features: {
      devInteractions: { enabled: false },
      // Its own pages fetch fonts from elsewhere.
      rpInitiatedLogout: { enabled: true, logoutSource },
    },
    interactions: { url: (_, { uid }) => `/people/${uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 86400 },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
    // Nobody is asked for a consent beyond signing in.
    async loadExistingGrant({ oidc }) {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid profile");
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    const uid = /^\/people\/([\w-]+)$/.exec(ctx.path)?.[1];
    if (!uid) return next();
    if (ctx.method === "POST") return choose(provider, ctx);
    const { prompt } = await provider.interactionDetails(ctx.req, ctx.res);
    ctx.type = "html";
    ctx.body = page(uid, prompt.name, people);
  });
  const server = createServer(provider.callback());
  await new Promise((resolve) => { server.listen(port, "127.0.0.1", resolve); });
}

async function choose(provider, ctx) {
  const chosen = new URLSearchParams(await text(ctx.req)).get("person");
  const result = chosen
    ? { login: { accountId: chosen } }
    : { error: "access_denied", error_description: "cancelled" };
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
  ctx.respond = false;
}

function logoutSource(ctx, form) {
  ctx.type = "html";
  ctx.body = `${HEAD}<h1>logout</h1>${form}
<button form="op.logoutForm" name="logout" value="yes">退出</button></html>`;
}

function page(uid, prompt, people) {
  const buttons = Object.entries(people).map(
    ([sub, { name }]) => `<button name="person" value="${sub}">${name}</button>`,
  );
  return `${HEAD}<h1>${prompt}</h1><form method="post" action="/people/${uid}">${buttons.join("\n")}
<button name="person" value="">取消</button></form></html>`;
}

await Promise.all(JSON.parse(await text(process.stdin)).map(start));
console.log("ready");
