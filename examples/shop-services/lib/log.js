// SPDX-License-Identifier: Apache-2.0
// One JSON object a line on standard output, where Kubernetes looks for logs.
"use strict";

const settings = require("./settings");
const levels = ["debug", "info", "warn", "error"];

function log(level, message, fields = {}) {
  if (levels.indexOf(level) < levels.indexOf(settings.logLevel)) return;
  const line = { time: new Date().toISOString(), level, service: settings.name, version: settings.version, message, ...fields };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

module.exports = log;
