// SPDX-License-Identifier: Apache-2.0
// What the shop sells.
"use strict";

const { start } = require("../lib/service");

const COLUMNS = "id, name, price_cents, stock";

start({
  schema: `
    CREATE TABLE IF NOT EXISTS products (id bigserial PRIMARY KEY, name text NOT NULL UNIQUE, price_cents int NOT NULL, stock int NOT NULL);
    INSERT INTO products (name, price_cents, stock) VALUES ('teapot', 2495, 40), ('kettle', 3990, 12), ('cup', 650, 300) ON CONFLICT DO NOTHING;`,
  routes: [
    ["GET", /^\/api\/products$/, ({ database }) => database.query(`SELECT ${COLUMNS} FROM products ORDER BY id`)],
    ["GET", /^\/api\/products\/(\d+)$/, async ({ database, words }) => (await database.query(`SELECT ${COLUMNS} FROM products WHERE id = $1`, words))[0]],
    ["POST", /^\/api\/products$/, async ({ database, body }) => {
      const values = [body.name, body.price_cents, body.stock ?? 0];
      if (!values[0] || !Number.isInteger(values[1])) throw Object.assign(new Error("a product has a name and a price_cents"), { status: 400 });
      return (await database.query(`INSERT INTO products (name, price_cents, stock) VALUES ($1, $2, $3) RETURNING ${COLUMNS}`, values))[0];
    }],
  ],
});
