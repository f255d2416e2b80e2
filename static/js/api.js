/** One way to talk to our own server: JSON in, JSON out, and problems as errors. */

const SAFE = new Set(["GET", "HEAD"]);

/** What the server (or the network) said instead of an answer. `slug` is stable; "offline" is ours. */
export class Problem extends Error {
  constructor({ status = 0, slug = "offline", title = "", detail = "", retryAfter = null }) {
    super(detail || title || slug);
    this.name = "Problem";
    Object.assign(this, { status, slug, title, detail, retryAfter });
  }
}

function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/**
 * Call `/api/v1` + path. Resolves with the body (null when empty), rejects with a Problem.
 * `keepalive` lets a request outlive its page; a request takes `wait` ms at most.
 */
export async function call(method, path, body, { keepalive = false, wait = 15000 } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (!SAFE.has(method)) headers["X-CSRF-Token"] = cookie("csrf_token");
  let response;
  let text;
  try {
    response = await fetch(`/api/v1${path}`, {
      method, headers, keepalive, cache: "no-store", credentials: "same-origin",
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: timeout(wait),
    });
    text = await response.text();
  } catch {
    throw new Problem({});
  }
  const content = parse(text);
  if (response.ok) return content;
  throw new Problem({
    status: response.status,
    slug: content?.slug ?? "unavailable",
    title: content?.title ?? "",
    detail: content?.detail ?? "",
    retryAfter: Number(response.headers.get("Retry-After")) || null,
  });
}

/** Sign in, and come back to this page: its session has ended. */
export function signIn() {
  location.assign(`/?next=${encodeURIComponent(location.pathname + location.search)}`);
}

function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** A signal that ends a request after so many milliseconds; `AbortSignal.timeout` is missing in older browsers. */
export function timeout(milliseconds) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
}
