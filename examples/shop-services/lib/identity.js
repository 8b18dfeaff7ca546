// SPDX-License-Identifier: Apache-2.0
// Who asks: a bearer token is checked against the keys that Keycloak publishes.
"use strict";

const crypto = require("node:crypto");
const settings = require("./settings");

const FRESH_MS = 60_000;
let keys = { read: 0, byId: new Map() };

async function keyOf(id) {
  if (!keys.byId.has(id) || Date.now() - keys.read > FRESH_MS) {
    const answer = await fetch(settings.keys, { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`${settings.keys} answered ${answer.status}`);
    const found = (await answer.json()).keys.filter((key) => key.use === "sig");
    keys = { read: Date.now(), byId: new Map(found.map((key) => [key.kid, crypto.createPublicKey({ key, format: "jwk" })])) };
  }
  return keys.byId.get(id);
}

const decode = (part) => JSON.parse(Buffer.from(part, "base64url"));

// The claims of the request's token; undefined without one; throws when it is not good.
async function identify(request) {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (!token) return undefined;
  const [header, claims, signature] = token.split(".");
  const { alg, kid } = decode(header);
  const key = alg === "RS256" && (await keyOf(kid));
  const signed = key && crypto.verify("RSA-SHA256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url"));
  const who = decode(claims);
  if (!signed || who.exp * 1000 < Date.now() || who.iss !== settings.issuer) throw Object.assign(new Error("the token is not valid"), { status: 401 });
  return who;
}

module.exports = identify;
