/** Token Status List: unpack a published list within bounds, read one entry (`verify.status_list`). */

import { LAST_SECOND, decodeBytes, readToken } from "./jws.js";

export const VALID = 0;
export const SUSPENDED = 2;
const TYP = "statuslist+jwt";
const PATH = "/status-lists/";
const SIZE = 2 ** 20; // entries of one list
const UNPACKED_MAX = 2 ** 20; // bytes
const BITS = [1, 2, 4, 8];

/** Read the token of the list with that number: {issuedAt, expiresAt, bits, packed}. Throws. */
export async function readList(token, number, keys) {
  const claims = await readToken(token, TYP, keys);
  const listed = claims.get("status_list");
  if (!(listed instanceof Map) || !String(claims.get("sub")).endsWith(`${PATH}${number}`)) throw new TypeError("another list");
  const [issuedAt, expiresAt, bits] = [claims.get("iat"), claims.get("exp"), listed.get("bits")].map(whole);
  if (issuedAt < 0 || issuedAt > expiresAt || expiresAt > LAST_SECOND) throw new TypeError("times");
  if (!BITS.includes(bits)) throw new TypeError("bits");
  return { issuedAt, expiresAt, bits, packed: await unpack(decodeBytes(listed.get("lst"))) };
}

/** {status, asOf} at an index (list × 2^20 + place) of lists by number, null where none has it. */
export function entryAt(lists, index) {
  const list = lists.get(Math.floor(index / SIZE));
  const place = index % SIZE;
  if (!list || place >= (list.packed.length * 8) / list.bits) return null;
  const bit = place * list.bits;
  const status = (list.packed[Math.floor(bit / 8)] >> bit % 8) & (2 ** list.bits - 1);
  return { status, asOf: list.issuedAt };
}

function whole(value) {
  if (typeof value !== "bigint") throw new TypeError("numbers");
  return Number(value);
}

/** ZLIB (RFC 1950) to bytes; what unpacks to more than the limit is let go of before it fills the memory. */
async function unpack(compressed) {
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  const packed = new Uint8Array(UNPACKED_MAX);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return packed.slice(0, length);
    if (length + value.length > UNPACKED_MAX) {
      await reader.cancel();
      throw new RangeError("too long");
    }
    packed.set(value, length);
    length += value.length;
  }
}
