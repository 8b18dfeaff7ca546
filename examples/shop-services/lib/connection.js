// SPDX-License-Identifier: Apache-2.0
// One connection to PostgreSQL: protocol 3.0 with the extended query, text format, one query at a time.
"use strict";

const net = require("node:net");
const Scram = require("./scram");

const zero = (text) => Buffer.from(`${text}\0`);
const int32 = (value) => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
};
const int16 = (value) => {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
};
const message = (type, ...fields) => {
  const body = Buffer.concat(fields);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};

// The fields of an error, by their letters; M is the message, C the code.
function serverError(body) {
  const fields = {};
  for (let at = 0; body[at] !== 0; ) {
    const end = body.indexOf(0, at);
    fields[String.fromCharCode(body[at])] = body.toString("utf8", at + 1, end);
    at = end + 1;
  }
  return Object.assign(new Error(fields.M), { code: fields.C });
}

function columnsOf(body) {
  const names = [];
  let at = 2;
  for (let left = body.readInt16BE(0); left > 0; left--) {
    const end = body.indexOf(0, at);
    names.push({ name: body.toString("utf8", at, end), type: body.readInt32BE(end + 7) });
    at = end + 19;
  }
  return names;
}

const NUMBERS = new Set([20, 21, 23, 700, 701]); // int8, int2, int4, float4, float8

function rowOf(columns, body) {
  const row = {};
  let at = 2;
  for (const { name, type } of columns) {
    const length = body.readInt32BE(at);
    at += 4;
    const text = length < 0 ? null : body.toString("utf8", at, at + length);
    row[name] = text !== null && NUMBERS.has(type) ? Number(text) : text;
    at += Math.max(length, 0);
  }
  return row;
}

class Connection {
  constructor(options) {
    this.options = options;
    this.pending = Buffer.alloc(0);
    this.scram = new Scram(options.password);
  }

  open() {
    return this.#exchange(() => {
      this.socket = net.connect({ host: this.options.host, port: this.options.port, timeout: 5000 });
      this.socket.setNoDelay(true);
      this.socket.on("connect", () => this.#start());
      this.socket.on("data", (data) => this.#receive(data));
      this.socket.on("timeout", () => !this.ready && this.socket.destroy(new Error("connecting took too long")));
      this.socket.on("error", (error) => this.#fail(error));
      this.socket.on("close", () => this.#fail(new Error("the connection to the database ended")));
    });
  }

  query(text, values = []) {
    const bound = values.flatMap((value) => {
      if (value === null || value === undefined) return [int32(-1)];
      const bytes = Buffer.from(String(value));
      return [int32(bytes.length), bytes];
    });
    return this.#exchange(() => this.socket.write(Buffer.concat([
      message("P", zero(""), zero(text), int16(0)),
      message("B", zero(""), zero(""), int16(0), int16(values.length), ...bound, int16(0)),
      message("D", Buffer.from("P"), zero("")),
      message("E", zero(""), int32(0)),
      message("S"),
    ])));
  }

  close() {
    this.closed = true;
    this.socket?.end(message("X"));
  }

  // Sends, and resolves with the rows when the server is ready again.
  #exchange(send) {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.rows = [];
      this.error = undefined;
      send();
    });
  }

  #start() {
    const { user, name } = this.options;
    const body = Buffer.concat([int32(196608), zero("user"), zero(user), zero("database"), zero(name), Buffer.from([0])]);
    this.socket.write(Buffer.concat([int32(body.length + 4), body]));
  }

  #receive(data) {
    this.pending = Buffer.concat([this.pending, data]);
    while (this.pending.length >= 5) {
      const length = this.pending.readInt32BE(1) + 1;
      if (this.pending.length < length) return;
      const type = String.fromCharCode(this.pending[0]);
      const body = this.pending.subarray(5, length);
      this.pending = this.pending.subarray(length);
      this.#handle(type, body);
    }
  }

  #handle(type, body) {
    if (type === "R") this.#authenticate(body.readInt32BE(0), body.subarray(4));
    else if (type === "T") this.columns = columnsOf(body);
    else if (type === "D") this.rows.push(rowOf(this.columns, body));
    else if (type === "E") this.error = serverError(body);
    else if (type === "Z") this.#settle();
    if (type === "E" && !this.ready) this.#fail(this.error);
  }

  #authenticate(kind, body) {
    if (kind === 10) {
      const first = Buffer.from(this.scram.first());
      this.socket.write(message("p", zero("SCRAM-SHA-256"), int32(first.length), first));
    } else if (kind === 11) {
      this.socket.write(message("p", Buffer.from(this.scram.final(body.toString()))));
    } else if (kind === 12) {
      this.scram.verify(body.toString());
    } else if (kind !== 0) {
      this.#fail(new Error("the server wants an authentication that this client does not have"));
    }
  }

  #settle() {
    this.ready = true;
    const { resolve, reject } = this.waiting ?? {};
    this.waiting = undefined;
    if (this.error) reject?.(this.error);
    else resolve?.(this.rows);
  }

  #fail(error) {
    this.closed = true;
    this.socket.destroy();
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}

module.exports = Connection;
