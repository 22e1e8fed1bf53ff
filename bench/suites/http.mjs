import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { SignatureV4 } from "@smithy/signature-v4";
import { body, createPool, credentials, NodeSha256, region, service } from "../fixtures.mjs";
import { medianRatio } from "../measure.mjs";

const script = (name) => fileURLToPath(new URL(`../http/${name}`, import.meta.url));

/** Which of our servers each case is sent to, and whom it is compared with. */
const cases = {
  // Tokens that were not seen before would have to be too many to mint, so nothing is kept of those that come again.
  first: { ours: "poolgate, cache off", others: ["bare", "hand-written aws-jwt-verify", "express-oauth2-jwt-bearer"] },
  repeated: { ours: "poolgate", others: ["bare", "hand-written aws-jwt-verify", "express-oauth2-jwt-bearer"] },
  signed: { ours: "poolgate", others: ["bare"] },
};

/**
 * Requests through Express over loopback: the throughput with poolgate over the throughput with something else. The ratio is
 * null where the other server did not start.
 */
export async function httpSuite({ rounds = 9, milliseconds = 500 } = {}) {
  const pool = createPool();
  const requests = {
    first: Array.from({ length: 3000 }, () => post({ authorization: `Bearer ${pool.accessToken()}` })),
    repeated: [post({ authorization: `Bearer ${pool.accessToken()}` })],
    signed: await signedRequests(200),
  };
  const children = [];
  const start = async (name, message) => {
    const child = fork(script(name));
    children.push(child);
    if (message === undefined) return child;
    child.send(message);
    const [answer] = await Promise.race([once(child, "message"), once(child, "exit")]);
    return answer?.port;
  };
  try {
    const load = await start("load.mjs");
    const ports = {};
    for (const gate of ["poolgate", cases.first.ours, ...cases.first.others])
      ports[gate] = await start("server.mjs", { gate, jwks: pool.jwks });
    const run = async (gate, name, time) => {
      load.send({ port: ports[gate], requests: requests[name], milliseconds: time });
      const [{ perSecond, refused }] = await once(load, "message");
      if (refused > 0) throw new Error(`${gate} refused ${refused} requests of case ${name}`);
      return perSecond;
    };
    const rows = [];
    for (const [name, { ours, others: all }] of Object.entries(cases)) {
      if (ports[ours] === undefined) throw new Error("our own server did not start");
      const others = all.filter((gate) => ports[gate] !== undefined);
      for (const against of all) {
        if (!others.includes(against)) rows.push({ suite: "http", case: name, against, ratio: null });
      }
      const gates = [ours, ...others];
      const series = Object.fromEntries(gates.map((gate) => [gate, []]));
      for (const gate of gates) await run(gate, name, 1000);
      for (let round = 0; round < rounds; round++) {
        for (const gate of gates) series[gate].push(await run(gate, name, milliseconds));
      }
      for (const against of others) {
        rows.push({ suite: "http", case: name, against, ratio: medianRatio(series[ours], series[against]) });
      }
    }
    return rows;
  } finally {
    for (const child of children) child.kill();
  }
}

function post(headers) {
  const lines = Object.entries({
    host: service,
    "content-type": "application/json",
    "content-length": body.length,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /articles HTTP/1.1\r\n${lines.join("")}\r\n${body.toString("latin1")}`;
}

async function signedRequests(count) {
  const signer = new SignatureV4({ credentials, region, service, sha256: NodeSha256 });
  const made = [];
  for (let index = 0; index < count; index++) {
    const { headers } = await signer.sign({
      method: "POST",
      protocol: "https:",
      hostname: service,
      path: "/articles",
      query: {},
      headers: { host: service, "content-type": "application/json", "x-amz-request-nonce": String(index) },
      body,
    });
    made.push(post(headers));
  }
  return made;
}
