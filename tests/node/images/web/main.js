// SPDX-License-Identifier: Apache-2.0
// A service without a database, for the tests that make it fail by its switches.
"use strict";

const { start } = require("../lib/service");

start({ routes: [["GET", /^\/$/, () => ({ hello: "world" })]] });
