// Makes status list tokens with implementations of other people: @sd-jwt packs, jose signs.
// Input: {claims, header, lists: [{bits, statuses}]}. Output: {jwk, tokens}.
import { StatusList, createHeaderAndPayload } from "@sd-jwt/jwt-status-list";
import { SignJWT, exportJWK, generateKeyPair } from "jose";
import { json } from "node:stream/consumers";

const asked = await json(process.stdin);
const { privateKey, publicKey } = await generateKeyPair("ES256");
const make = ({ bits, statuses }) => {
  const list = new StatusList(statuses, bits);
  const { header, payload } = createHeaderAndPayload(list, { ...asked.claims }, { ...asked.header });
  return new SignJWT(payload).setProtectedHeader(header).sign(privateKey);
};
const tokens = await Promise.all(asked.lists.map(make));
process.stdout.write(JSON.stringify({ jwk: await exportJWK(publicKey), tokens }));
