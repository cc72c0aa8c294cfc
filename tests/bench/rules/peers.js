// SPDX-License-Identifier: Apache-2.0
// The rules of main.c over the same rows by json-logic-engine (compiled and interpreted) and json-rules-engine. usage: peers.js ROWS
"use strict";
const { LogicEngine } = require("json-logic-engine");
const { Engine } = require("json-rules-engine");
const rows = Number(process.argv[2] || 200000);
const M = (1n << 64n) - 1n;
function mix(x) { // bench_mix() of main.c's row numbers
  x = (x + 0x9e3779b97f4a7c15n) & M;
  x = ((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n) & M;
  x = ((x ^ (x >> 27n)) * 0x94d049bb133111ebn) & M;
  return x ^ (x >> 31n);
}
const TODAY = 20000;
const b = (x, shift, mask) => Number((x >> BigInt(shift)) & BigInt(mask));
function draw(i) {
  const n = BigInt(i) * 3n, x = mix(n + 1n), y = mix(n + 2n), z = mix(n + 3n);
  const status = b(x, 0, 1) ? "paid" : b(x, 1, 3) ? "open" : "partial", amount = Number(y % 20000000n) + 1;
  return { status, days_overdue: b(x, 8, 127) - 40, rating: "ABCD"[b(x, 16, 3)], segment: ["small", "key", "public"][b(x, 20, 15) % 3],
    country: ["CN", "DE", "US"][b(x, 24, 15) % 3], level: b(x, 28, 3), block: b(x, 32, 15) === 0, disputed: b(x, 36, 15) === 0, amount: amount / 100,
    collected: status === "partial" ? Math.floor(amount * b(y, 40, 63) / 64) / 100 : 0, promise: b(z, 0, 7) ? null : TODAY - 20 + b(z, 8, 31), today: TODAY };
}
const v = (name) => ({ var: name });
const alive = { in: [v("status"), ["open", "partial"]] };
const rules = [
  [alive, { "==": [v("days_overdue"), 3] }], [alive, { ">": [v("days_overdue"), 15] }],
  [alive, { "<=": [30, v("days_overdue"), 60] }, { ">=": [v("amount"), 100000] }],
  [alive, { in: [v("rating"), ["C", "D"]] }, { ">": [v("days_overdue"), 7] }],
  [alive, { "==": [v("segment"), "key"] }, { ">": [v("days_overdue"), 30] }, { "<": [v("level"), 3] }],
  [alive, { "==": [v("block"), false] }, { ">": [v("days_overdue"), 1] }, { "<": [v("level"), 1] }],
  [alive, { "==": [v("promise"), null] }, { ">": [v("days_overdue"), 15] }, { ">=": [v("amount"), 10000] }],
  [alive, { "!=": [v("promise"), null] }, { "<": [v("promise"), v("today")] }, { "==": [v("block"), false] }],
  [alive, { ">": [v("days_overdue"), 30] }, { "<": [{ "/": [v("collected"), v("amount")] }, 0.2] }],
  [alive, { "==": [v("disputed"), false] }, { "==": [v("country"), "CN"] }, { ">": [v("days_overdue"), 7] }, { ">=": [v("amount"), 1000] }, { "<": [v("level"), 2] }],
].map((and) => ({ and }));
const data = Array.from({ length: rows }, (_, i) => draw(i));
function timed(name, n, run) {
  let best = Infinity, hits;
  for (let pass = 0; pass < 3; pass++) {
    const start = process.hrtime.bigint();
    hits = run(n);
    best = Math.min(best, Number(process.hrtime.bigint() - start));
  }
  console.log(`${name}: ${(best / n / rules.length).toFixed(1)} ns a rule and row (${n} rows), matched ${hits.join(" ")}`);
}
const engine = new LogicEngine();
const built = rules.map((r) => engine.build(r));
timed("json-logic-engine build()", rows, (n) => { const h = rules.map(() => 0); for (let i = 0; i < n; i++) for (let r = 0; r < built.length; r++) if (built[r](data[i])) h[r]++; return h; });
timed("json-logic-engine run()", Math.min(rows, 50000), (n) => { const h = rules.map(() => 0); for (let i = 0; i < n; i++) for (let r = 0; r < rules.length; r++) if (engine.run(rules[r], data[i])) h[r]++; return h; });
// json-rules-engine has its own form; "/" is a fact of its own
const names = { "==": "equal", "!=": "notEqual", "<": "lessThan", ">": "greaterThan", ">=": "greaterThanInclusive", in: "in" };
function condition(c) {
  const op = Object.keys(c)[0], a = c[op];
  if (op === "<=") return [{ fact: a[1].var, operator: "greaterThanInclusive", value: a[0] }, { fact: a[1].var, operator: "lessThanInclusive", value: a[2] }];
  return [{ fact: a[0].var || "ratio", operator: names[op], value: a[1] && a[1].var ? { fact: a[1].var } : a[1] }];
}
(async () => {
  const rulesEngine = new Engine();
  rulesEngine.addFact("ratio", async (_, almanac) => (await almanac.factValue("collected")) / (await almanac.factValue("amount")));
  rules.forEach((r, i) => rulesEngine.addRule({ conditions: { all: r.and.flatMap(condition) }, event: { type: String(i) } }));
  const n = Math.min(rows, 2000), h = rules.map(() => 0), start = process.hrtime.bigint();
  for (let i = 0; i < n; i++) for (const e of (await rulesEngine.run(data[i])).events) h[Number(e.type)]++;
  console.log(`json-rules-engine: ${(Number(process.hrtime.bigint() - start) / n / rules.length).toFixed(1)} ns a rule and row (${n} rows), matched ${h.join(" ")}`);
})();
