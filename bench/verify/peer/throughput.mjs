// Verifies the tokens of a workload with aws-jwt-verify and prints how fast it was. bench/verify starts it.
//
//   node throughput.mjs WORKLOAD SECONDS sync|async
import { readFileSync } from "node:fs";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import { peakMemory } from "./memory.mjs";

const [file, seconds, mode] = process.argv.slice(2);
const { userPoolId, scope, clients, tokens, jwks } = JSON.parse(readFileSync(file, "utf8"));
const verifier = CognitoJwtVerifier.create({ userPoolId, tokenUse: "access", clientId: clients, scope });
verifier.cacheJwks(jwks);

let next = 0;
const times = [];

// Times are taken apart, since that takes time too.
function loopSync(milliseconds, timed) {
  let count = 0;
  const begin = performance.now();
  while (performance.now() - begin < milliseconds) {
    for (let i = 0; i < 50; i++) {
      const token = tokens[next++ % tokens.length];
      if (timed) {
        const before = performance.now();
        verifier.verifySync(token);
        times.push(performance.now() - before);
      } else verifier.verifySync(token);
    }
    count += 50;
  }
  return (count * 1000) / (performance.now() - begin);
}

async function loopAsync(milliseconds, timed) {
  let count = 0;
  const begin = performance.now();
  while (performance.now() - begin < milliseconds) {
    for (let i = 0; i < 50; i++) {
      const token = tokens[next++ % tokens.length];
      if (timed) {
        const before = performance.now();
        await verifier.verify(token);
        times.push(performance.now() - before);
      } else await verifier.verify(token);
    }
    count += 50;
  }
  return (count * 1000) / (performance.now() - begin);
}

const loop = mode === "sync" ? loopSync : loopAsync;
await loop(seconds * 250, false); // warms up
const perSecond = await loop(seconds * 1000, false);
await loop(seconds * 500, true);
times.sort((a, b) => a - b);
const at = (share) => times[Math.floor(share * (times.length - 1))] * 1000;
console.log(JSON.stringify({ perSecond, p50: at(0.5), p99: at(0.99), memory: peakMemory() }));
