// SPDX-License-Identifier: Apache-2.0
// The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), as PostgreSQL asks for it.
"use strict";

const crypto = require("node:crypto");

const hmac = (key, text) => crypto.createHmac("sha256", key).update(text).digest();
const parts = (text) => Object.fromEntries(text.split(",").map((part) => [part[0], part.slice(2)]));

class Scram {
  constructor(password) {
    this.password = password;
    this.nonce = crypto.randomBytes(18).toString("base64");
  }

  // PostgreSQL takes the user's name from the start of the session, so it is empty here.
  first() {
    return `n,,n=,r=${this.nonce}`;
  }

  final(challenge) {
    const { r: nonce, s: salt, i: rounds } = parts(challenge);
    if (!nonce.startsWith(this.nonce)) throw new Error("the server's nonce does not continue ours");
    const salted = crypto.pbkdf2Sync(this.password, Buffer.from(salt, "base64"), Number(rounds), 32, "sha256");
    const key = hmac(salted, "Client Key");
    const withoutProof = `c=biws,r=${nonce}`;
    const message = `n=,r=${this.nonce},${challenge},${withoutProof}`;
    const signature = hmac(crypto.createHash("sha256").update(key).digest(), message);
    this.expected = hmac(hmac(salted, "Server Key"), message).toString("base64");
    const proof = Buffer.from(key.map((byte, i) => byte ^ signature[i]));
    return `${withoutProof},p=${proof.toString("base64")}`;
  }

  // The server has to know the password too.
  verify(outcome) {
    if (parts(outcome).v !== this.expected) throw new Error("the server's signature is wrong");
  }
}

module.exports = Scram;
