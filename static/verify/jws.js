/** Compact JWS (RFC 7515) with ES256, taken apart as strictly as `verify.jws` does; WebCrypto verifies. */

import { parseStrict } from "./json.js";
import { Refused } from "./refused.js";

export const ALGORITHM = "ES256";
export const LAST_SECOND = 253402300799; // 9999-12-31T23:59:59Z
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const ES256 = { name: "ECDSA", hash: "SHA-256" };
const SEGMENT = /^[A-Za-z0-9_-]*$/;
const HEADER_MEMBERS = ["alg", "kid", "typ"];

/** Take a compact JWS apart: {header, claims} as Maps, {signed, signature} as bytes; throws Refused. */
export function parse(compact) {
  const segments = compact.split(".");
  if (segments.length !== 3) throw new Refused("malformed");
  let header;
  let claims;
  let signature;
  try {
    [header, claims] = segments.slice(0, 2).map((segment) => object(decodeBytes(segment)));
    signature = decodeBytes(segments[2]);
  } catch {
    throw new Refused("malformed");
  }
  const exact = header.size === HEADER_MEMBERS.length
    && HEADER_MEMBERS.every((name) => typeof header.get(name) === "string");
  if (!exact) throw new Refused("malformed");
  return { header, claims, signed: new TextEncoder().encode(`${segments[0]}.${segments[1]}`), signature };
}

/** Refuse what these keys (Map kid → Map issuer → CryptoKey) do not vouch for. */
export async function checkSignature(jws, keys, issuer) {
  const issuers = keys.get(jws.header.get("kid"));
  if (!issuers) throw new Refused("unknown_key");
  const key = issuers.get(issuer);
  if (!key) throw new Refused("unknown_issuer");
  // Anything but 64 bytes, and r or s out of range, is false to WebCrypto.
  if (!(await crypto.subtle.verify(ES256, key, jws.signature, jws.signed))) throw new Refused("bad_signature");
}

/** The claims (a Map) of a signed token that is no code; throws Refused in the order of codes. */
export async function readToken(text, typ, keys) {
  const jws = parse(text);
  if (jws.header.get("typ") !== typ) throw new Refused("wrong_kind");
  if (jws.header.get("alg") !== ALGORITHM) throw new Refused("malformed");
  await checkSignature(jws, keys, jws.claims.get("iss"));
  return jws.claims;
}

/** The public key of a JWK (RFC 7517); throws where it is no public P-256 key. */
export function importKey({ kty, crv, x, y, d }) {
  if (d !== undefined) throw new TypeError("a private key");
  return crypto.subtle.importKey("jwk", { kty, crv, x, y }, CURVE, false, ["verify"]);
}

/** Bytes of a canonical base64url text (RFC 7515 §2); throws for any other text. */
export function decodeBytes(text) {
  if (!SEGMENT.test(text) || text.length % 4 === 1) throw new SyntaxError("not base64url");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  // Unused trailing bits that were set are not written back.
  if (encode(binary) !== text) throw new SyntaxError("not canonical base64url");
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Base64url without padding of bytes. */
export const encodeBytes = (bytes) => encode(String.fromCharCode(...bytes));

const encode = (binary) => btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function object(bytes) {
  // A byte order mark is no white space of JSON; the decoder must not take it away.
  const value = parseStrict(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  if (!(value instanceof Map)) throw new SyntaxError("not an object");
  return value;
}
