// Times the loops of the bench module (built for Node.js) and prints one JSON object a line.
// Usage: node bench.mjs MODULE.js SECONDS FILTER
import { pathToFileURL } from "node:url";

const [module, seconds, filter = ""] = process.argv.slice(2);
const bench = await import(pathToFileURL(module).href);
const budget = Number(seconds) * 1e9;
const warmUp = 1e9;

for (let index = 0; index < bench.loops(); index++) {
  const name = bench.name(index);
  if (!name.includes(filter)) continue;
  const loop = new bench.Prepared(index);
  const sum = loop.run();
  repeat(loop, warmUp, 1);
  const fastest = Math.min(...repeat(loop, budget, 10));
  const line = { name, records: Number(bench.records(index)), plain: bench.plain(index) ?? null };
  console.log(JSON.stringify({ ...line, sum: String(sum), nanoseconds: fastest }));
  loop.free();
}

/** Runs the loop for `time` nanoseconds and at least `least` times; nanoseconds of each run. */
function repeat(loop, time, least) {
  const times = [];
  const start = process.hrtime.bigint();
  let now = start;
  while (times.length < least || now - start < time) {
    loop.run();
    const end = process.hrtime.bigint();
    times.push(Number(end - now));
    now = end;
  }
  return times;
}
