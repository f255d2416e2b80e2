// Reads status list tokens with implementations of other people: jose checks, @sd-jwt unpacks.
// Input: {jwk, tokens}. Output, a token each: {header, claims, bits, statuses}.
import { getListFromStatusListJWT } from "@sd-jwt/jwt-status-list";
import { importJWK, jwtVerify } from "jose";
import { json } from "node:stream/consumers";

const { jwk, now, tokens } = await json(process.stdin);
const key = await importJWK(jwk, "ES256");
const read = async (token) => {
  const options = { algorithms: ["ES256"], typ: "statuslist+jwt", currentDate: new Date(now * 1000) };
  const { payload, protectedHeader } = await jwtVerify(token, key, options);
  const list = getListFromStatusListJWT(token);
  return {
    header: protectedHeader,
    subject: payload.sub,
    bits: list.getBitsPerStatus(),
    statuses: Array.from(list.statusList.keys(), (place) => list.getStatus(place)),
  };
};
process.stdout.write(JSON.stringify(await Promise.all(tokens.map(read))));
