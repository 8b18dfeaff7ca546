// SPDX-License-Identifier: Apache-2.0
// A pool of connections, and the wait for a database that is not there yet.
"use strict";

const { setTimeout: pause } = require("node:timers/promises");
const Connection = require("./connection");
const log = require("./log");
const settings = require("./settings");

const LOST = new Set(["57P01", "57P02", "57P03"]); // the server is shutting down, has crashed, is starting

class Database {
  constructor(options = settings.database) {
    this.options = options;
    this.idle = [];
    this.open = 0;
    this.queue = [];
    this.reachable = false;
  }

  // Runs one statement. It is not repeated when the connection breaks: nobody knows whether it took effect.
  async query(text, values) {
    const connection = await this.#take();
    try {
      const rows = await connection.query(text, values);
      this.reachable = true;
      return rows;
    } catch (error) {
      if (!connection.closed && !LOST.has(error.code)) throw error;
      this.reachable = false;
      throw error;
    } finally {
      this.#give(connection);
    }
  }

  // Waits until the database answers, however long that takes, and makes the tables. Several replicas do so at a time.
  async prepare(schema) {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.query(`DO $$ BEGIN PERFORM pg_advisory_xact_lock(4711); ${schema} END $$`);
        log("info", "the database is ready", { attempt });
        return;
      } catch (error) {
        log("warn", `waiting for the database: ${error.message}`, { attempt });
        await pause(Math.min(200 * attempt, 2000));
      }
    }
  }

  async check() {
    try {
      await this.query("SELECT 1");
      return true;
    } catch {
      return false;
    }
  }

  close() {
    for (const connection of this.idle) connection.close();
  }

  async #take() {
    while (this.idle.length > 0) {
      const connection = this.idle.pop();
      if (!connection.closed) return connection;
      this.open--;
    }
    if (this.open >= this.options.connections) return new Promise((resolve, reject) => this.queue.push({ resolve, reject }));
    this.open++;
    return this.#connect();
  }

  async #connect() {
    const connection = new Connection(this.options);
    try {
      await connection.open();
      return connection;
    } catch (error) {
      this.open--;
      this.reachable = false;
      this.#serveNext();
      throw error;
    }
  }

  #give(connection) {
    if (connection.closed) {
      this.open--;
      this.#serveNext();
      return;
    }
    const next = this.queue.shift();
    if (next) next.resolve(connection);
    else this.idle.push(connection);
  }

  // Somebody waits for a connection, and one has just gone.
  #serveNext() {
    const next = this.queue.shift();
    if (next) this.#take().then(next.resolve, next.reject);
  }
}

module.exports = Database;
