/** Token Status List: unpack a published list within bounds, read one entry (`verify.status_list`). */

import { LAST_SECOND, decodeBytes, parse, readToken } from "./jws.js";

export const VALID = 0;
export const SUSPENDED = 2;
const TYP = "statuslist+jwt";
const PATH = "/status-lists/";
const SIZE = 2 ** 20; // entries of one list, and the most that one may have
const BITS = [1, 2, 4, 8];

/** Read the token of the list with that number: {token, issuedAt, expiresAt}, kept packed. Throws. */
export async function readList(token, number, keys) {
  const claims = await readToken(token, TYP, keys);
  const listed = claims.get("status_list");
  if (!(listed instanceof Map) || !String(claims.get("sub")).endsWith(`${PATH}${number}`)) throw new TypeError("another list");
  const [issuedAt, expiresAt, bits] = [claims.get("iat"), claims.get("exp"), listed.get("bits")].map(whole);
  if (issuedAt < 0 || issuedAt > expiresAt || expiresAt > LAST_SECOND) throw new TypeError("times");
  if (!BITS.includes(bits)) throw new TypeError("bits");
  await unpack(listed); // to know that it is a list
  return { token, issuedAt, expiresAt };
}

/** {status, asOf} at an index (list × 2^20 + place) of lists by number, null where none has it. */
export async function entryAt(lists, index) {
  const list = lists.get(Math.floor(index / SIZE));
  if (!list) return null;
  const { bits, packed } = await unpack(parse(list.token).claims.get("status_list"));
  const place = index % SIZE;
  if (place >= (packed.length * 8) / bits) return null;
  const bit = place * bits;
  const status = (packed[Math.floor(bit / 8)] >> bit % 8) & (2 ** bits - 1);
  return { status, asOf: list.issuedAt };
}

function whole(value) {
  if (typeof value !== "bigint") throw new TypeError("numbers");
  return Number(value);
}

/** The member `status_list`: {bits, packed}. Of more entries than a list may have it lets go at once. */
async function unpack(listed) {
  const bits = Number(listed.get("bits"));
  const longest = (SIZE * bits) / 8;
  const stream = new Blob([decodeBytes(listed.get("lst"))]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  const packed = new Uint8Array(longest);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { bits, packed: packed.subarray(0, length) };
    if (length + value.length > longest) {
      await reader.cancel();
      throw new RangeError("too long");
    }
    packed.set(value, length);
    length += value.length;
  }
}
