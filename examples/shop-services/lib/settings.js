// SPDX-License-Identifier: Apache-2.0
// What the environment says: kforge's contract (docs/manifests.md, Services), and switches that make a service misbehave.
"use strict";

const env = process.env;
const number = (name, fallback = 0) => Number(env[name] ?? fallback);

module.exports = {
  name: env.SERVICE_NAME ?? "service",
  version: env.SERVICE_VERSION ?? "development",
  host: env.HOST ?? "127.0.0.1",
  port: number("PORT", 8000),
  logLevel: env.LOG_LEVEL ?? "info",
  database: {
    host: env.DB_HOST,
    port: number("DB_PORT", 5432),
    name: env.DB_NAME,
    user: env.DB_USER,
    password: env.DB_PASSWORD,
    connections: number("DB_POOL_MAX", 10),
  },
  keys: env.KEYCLOAK_JWKS_URL,
  issuer: env.KEYCLOAK_ISSUER,
  services: { product: env.PRODUCT_SERVICE_URL, payment: env.PAYMENT_SERVICE_URL },
  // Longer than a gateway keeps an idle connection (Kong: 60 s), so that it never sends into one that is just being closed.
  keepAliveMs: number("KEEP_ALIVE_MS", 75_000),
  switches: {
    startDelayMs: number("START_DELAY_MS"), // nothing listens before
    crashAfterMs: env.CRASH_AFTER_MS === undefined ? undefined : number("CRASH_AFTER_MS"),
    growMbPerSecond: number("GROW_MB_PER_SECOND"),
    failingProbes: (env.FAILING_PROBES ?? "").split(",").filter(Boolean), // startup, ready, live
    failingAfterMs: number("FAILING_AFTER_MS"),
  },
};
