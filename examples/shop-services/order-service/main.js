// SPDX-License-Identifier: Apache-2.0
// Orders: asks product-service for the price and payment-service for the money.
"use strict";

const crypto = require("node:crypto");
const identify = require("../lib/identity");
const { start } = require("../lib/service");
const settings = require("../lib/settings");

const COLUMNS = "id, customer, product_id, quantity, total_cents, payment_id";

async function ask(base, path, body) {
  const answer = await fetch(`${base}${path}`, {
    method: body ? "POST" : "GET", body: body && JSON.stringify(body), headers: { "content-type": "application/json" }, signal: AbortSignal.timeout(10_000) });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`${base}${path} answered ${answer.status}`);
  return answer.json();
}

async function order({ database, request, body }) {
  const who = await identify(request);
  const product = Number.isInteger(body.product_id) && (await ask(settings.services.product, `/api/products/${body.product_id}`));
  if (!product || !(body.quantity > 0)) throw Object.assign(new Error("an order has a product_id that exists and a quantity"), { status: 400 });
  const total = product.price_cents * body.quantity;
  const payment = await ask(settings.services.payment, "/api/payments", { reference: crypto.randomUUID(), amount_cents: total });
  const values = [who?.preferred_username ?? "guest", product.id, body.quantity, total, payment.id];
  return (await database.query(`INSERT INTO orders (customer, product_id, quantity, total_cents, payment_id) VALUES ($1, $2, $3, $4, $5) RETURNING ${COLUMNS}`, values))[0];
}

start({
  schema: `CREATE TABLE IF NOT EXISTS orders (id bigserial PRIMARY KEY, customer text NOT NULL, product_id bigint NOT NULL, quantity int NOT NULL,
    total_cents int NOT NULL, payment_id bigint NOT NULL);`,
  routes: [
    ["GET", /^\/api\/orders$/, ({ database }) => database.query(`SELECT ${COLUMNS} FROM orders ORDER BY id`)],
    ["GET", /^\/api\/orders\/(\d+)$/, async ({ database, words }) => (await database.query(`SELECT ${COLUMNS} FROM orders WHERE id = $1`, words))[0]],
    ["POST", /^\/api\/orders$/, order],
  ],
});
