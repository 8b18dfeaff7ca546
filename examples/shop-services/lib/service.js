// SPDX-License-Identifier: Apache-2.0
// The server of a service: routes, probes, metrics, and an end that loses no request.
"use strict";

const http = require("node:http");
const { setTimeout: pause } = require("node:timers/promises");
const Database = require("./database");
const log = require("./log");
const settings = require("./settings");

const MAX_BODY = 1 << 20;
const started = Date.now();
const counts = new Map();
let draining = false;

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_BODY) throw Object.assign(new Error("the body is too large"), { status: 413 });
  }
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    throw Object.assign(new Error("the body is no JSON"), { status: 400 });
  }
}

function send(response, status, value, type = "application/json") {
  const text = type === "application/json" ? `${JSON.stringify(value)}\n` : value;
  const headers = { "content-type": type, "content-length": Buffer.byteLength(text), "x-service-version": settings.version };
  if (draining) headers.connection = "close";
  response.writeHead(status, headers);
  response.end(text);
  counts.set(status, (counts.get(status) ?? 0) + 1);
}

// The query of a probe tells which one it is. Only readiness looks at the database: a process that waits for it is healthy.
async function health(database, probe) {
  const { failingProbes, failingAfterMs } = settings.switches;
  if (failingProbes.includes(probe) && Date.now() - started >= failingAfterMs) return "told to fail";
  if (probe !== "ready") return undefined;
  if (draining) return "shutting down";
  return !database || (await database.check()) ? undefined : "no database";
}

function metrics() {
  const lines = ["# TYPE http_requests_total counter"];
  for (const [status, count] of counts) lines.push(`http_requests_total{status="${status}"} ${count}`);
  lines.push("# TYPE process_resident_memory_bytes gauge", `process_resident_memory_bytes ${process.memoryUsage().rss}`);
  return `${lines.join("\n")}\n`;
}

async function answer({ routes, database }, request, response) {
  const url = new URL(request.url, "http://service");
  if (url.pathname === "/health") {
    const problem = await health(database, url.searchParams.get("probe") ?? "ready");
    return send(response, problem ? 503 : 200, { status: problem ?? "ok", version: settings.version });
  }
  if (url.pathname === "/metrics") return send(response, 200, metrics(), "text/plain; version=0.0.4");
  for (const [method, pattern, handler] of routes) {
    const match = method === request.method && pattern.exec(url.pathname);
    if (match) {
      const body = method === "POST" ? await bodyOf(request) : undefined;
      const result = await handler({ database, request, url, body, words: match.slice(1) });
      return result === undefined ? send(response, 404, { error: "not found" }) : send(response, method === "POST" ? 201 : 200, result);
    }
  }
  return send(response, 404, { error: "not found" });
}

function misbehave() {
  const { crashAfterMs, growMbPerSecond } = settings.switches;
  if (crashAfterMs !== undefined) {
    setTimeout(() => {
      log("error", "told to crash");
      process.exitCode = 1;
      process.exit();
    }, crashAfterMs);
  }
  if (growMbPerSecond) {
    const kept = [];
    setInterval(() => kept.push(Buffer.alloc(growMbPerSecond << 18, 1)), 250);
  }
}

// The pod leaves the endpoints some seconds before the signal comes (preStop). Connections that are still open are told to
// close with their next answer; idle ones are closed when nobody can be about to use them.
async function drain(server, database, signal) {
  if (draining) return;
  draining = true;
  log("info", `${signal} received, ending`);
  server.close();
  await pause(1000);
  server.closeIdleConnections();
  for (let waited = 0; server.listening || (await connectionsOf(server)) > 0; waited += 100) {
    if (waited > 20_000) server.closeAllConnections();
    await pause(100);
  }
  database?.close();
  log("info", "ended");
  process.exit(0);
}

const connectionsOf = (server) => new Promise((resolve) => server.getConnections((_, count) => resolve(count ?? 0)));

// Starts the service: routes are [method, pattern, handler]; a handler returns what to answer, or undefined for 404. A service
// without a schema has no database.
async function start({ schema, routes }) {
  misbehave();
  await pause(settings.switches.startDelayMs);
  const database = schema && new Database();
  const server = http.createServer((request, response) => {
    answer({ routes, database }, request, response).catch((error) => {
      if (!error.status) log("error", error.message, { path: request.url });
      if (response.headersSent) response.destroy();
      else send(response, error.status ?? 500, { error: error.message });
    });
  });
  server.keepAliveTimeout = settings.keepAliveMs;
  server.headersTimeout = settings.keepAliveMs + 1000;
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => drain(server, database, signal));
  server.listen(settings.port, settings.host, () => log("info", "listening", { port: settings.port }));
  await database?.prepare(schema);
}

module.exports = { start };
