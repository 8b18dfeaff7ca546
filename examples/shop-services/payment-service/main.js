// SPDX-License-Identifier: Apache-2.0
// Takes payments; every one is accepted, once per order.
"use strict";

const { start } = require("../lib/service");

const COLUMNS = "id, reference, amount_cents, state";

start({
  schema: "CREATE TABLE IF NOT EXISTS payments (id bigserial PRIMARY KEY, reference text NOT NULL UNIQUE, amount_cents int NOT NULL, state text NOT NULL);",
  routes: [
    ["GET", /^\/api\/payments$/, ({ database }) => database.query(`SELECT ${COLUMNS} FROM payments ORDER BY id`)],
    ["POST", /^\/api\/payments$/, async ({ database, body }) => {
      if (!body.reference || !Number.isInteger(body.amount_cents)) throw Object.assign(new Error("a payment has a reference and an amount_cents"), { status: 400 });
      const [payment] = await database.query(
        `INSERT INTO payments (reference, amount_cents, state) VALUES ($1, $2, 'accepted') ON CONFLICT (reference) DO UPDATE SET state = payments.state RETURNING ${COLUMNS}`,
        [body.reference, body.amount_cents]);
      return payment;
    }],
  ],
});
