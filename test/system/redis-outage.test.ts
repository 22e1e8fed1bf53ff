import { setTimeout as sleep } from "node:timers/promises";
import { enroll } from "poolgate/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  asked,
  type Caller,
  cacheSeconds,
  type Nodes,
  open,
  openMany,
  recovery,
  revocationSeconds,
  said,
  severalAtOnce,
  startNodes,
} from "./nodes.ts";
import { openLoop } from "./open-loop.ts";
import { ownAddress } from "./own-address.ts";
import { drawCredentials, type Outcome, type Signed, signRead, signWrite } from "./signed-load.ts";
import type { Gateway } from "./start-gateway.ts";

let nodes: Nodes;

beforeEach(async () => {
  nodes = await startNodes();
});

afterEach(async () => {
  expect(await nodes.close()).toEqual([]);
});

/** What is sent: good requests of known and new sessions, and three kinds that nobody may ever let through. */
const kinds = ["read", "write", "read", "replay", "read", "forged", "write", "unknown", "read", "fresh"] as const;
type Kind = (typeof kinds)[number];
const wrong: readonly Kind[] = ["replay", "forged", "unknown"];

interface Shot extends Outcome {
  readonly kind: Kind;
  readonly gateway: Gateway;
}

/** The most requests under way while Redis answers, at which even a slow machine has each answered in time. */
const most = 30;
/** The most while it does not: each waits for a second then. */
const mostWaiting = 100;

/** A load of all kinds on both gateways, 150 requests a second in all where the machine is up to that. */
function startLoad({ a, b, sender }: Nodes, callers: readonly Caller[], fresh: Caller[]) {
  const shots: Shot[] = [];
  /** What is under way at each gateway. */
  const underWay = new Map<Gateway, number>();
  /** Writes that were let through, and the gateway that did. */
  let allowed: { readonly signed: Signed; readonly by: Gateway } | undefined;
  const pick = (index: number) => (callers[index % callers.length] as Caller).credentials;

  function signedFor(kind: Kind, index: number): { signed: Signed; gateway: Gateway } | undefined {
    // Ten kinds, and two gateways in turn for each kind.
    const gateway = Math.floor(index / kinds.length) % 2 === 0 ? a : b;
    if (kind === "write") return { signed: signWrite(pick(index)), gateway };
    if (kind === "forged") {
      return { signed: signRead({ ...pick(index), secretAccessKey: drawCredentials().secretAccessKey }), gateway };
    }
    if (kind === "unknown") return { signed: signRead(drawCredentials()), gateway };
    if (kind === "replay") return allowed && { signed: allowed.signed, gateway: allowed.by === a ? b : a };
    if (kind === "fresh") {
      // Opened at the other gateway, and never seen here.
      const caller = fresh.pop();
      return caller && { signed: signRead(caller.credentials), gateway: b };
    }
    return { signed: signRead(pick(index)), gateway };
  }

  const load = openLoop(1_000 / 150, most, async (index) => {
    const kind = kinds[index % kinds.length] as Kind;
    const chosen = signedFor(kind, index);
    if (chosen === undefined) return;
    const { signed, gateway } = chosen;
    underWay.set(gateway, (underWay.get(gateway) ?? 0) + 1);
    const outcome = await sender.send(gateway.port, signed);
    underWay.set(gateway, (underWay.get(gateway) ?? 0) - 1);
    if (kind === "write" && outcome.status === 200) allowed = { signed, by: gateway };
    shots.push({ ...outcome, kind, gateway });
  });
  return { shots, load, underWay };
}

/** How often each thing was said, by kind. */
function tally(shots: readonly Shot[]): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {};
  for (const shot of shots) {
    const row = counts[shot.kind] ?? {};
    row[said(shot)] = (row[said(shot)] ?? 0) + 1;
    counts[shot.kind] = row;
  }
  return counts;
}

const ask503 = "503 store_unavailable";
/** What each kind is told while Redis answers. */
const usual: Readonly<Record<Kind, string>> = {
  ...{ read: "200", write: "200", fresh: "200" },
  ...{ replay: "401 request_replayed", forged: "401 invalid_signature", unknown: "401 invalid_signature" },
};

function expectUsual(shots: readonly Shot[]): void {
  expect(shots.filter((shot) => said(shot) !== usual[shot.kind])).toEqual([]);
  expect(new Set(shots.map(({ kind }) => kind))).toEqual(new Set(kinds));
}

/** Tries to enroll at a gateway. */
async function enrolledAt({ pools }: Nodes, { port }: Gateway): Promise<unknown> {
  return enroll({
    ...{ url: `http://${ownAddress}:${port}`, audience: "api.example.com", region: pools.region },
    credentials: await pools.credentials({ name: "ada", groups: ["editors"] }),
    stsEndpoint: pools.endpoints.sts,
  });
}

describe("a Redis that is silent for a while, under load", () => {
  it("stops new sessions and writes at once, known sessions in time, and nothing wrong gets through", async () => {
    const { a, redis } = nodes;
    const callers = await openMany(a, 10);
    const fresh = await openMany(a, 1_000);
    const { shots, load } = startLoad(nodes, callers, fresh);
    // Longer than anything is remembered, so that the gateways know everything afresh in their usual rhythm.
    await sleep(4_500);

    redis.pause();
    const pausedAt = Date.now();
    load.most = mostWaiting;
    await sleep(2_000);
    await expect(open(a)).rejects.toThrow("store_unavailable");
    await expect(enrolledAt(nodes, a)).rejects.toMatchObject({ code: "store_unavailable" });
    await sleep(6_000);
    const resumedAt = Date.now();
    redis.resume();
    const recoveredIn = await recovery(nodes, callers[0] as Caller);
    load.most = most;
    // What was under way by then is told that it is to come again.
    await sleep(1_000);
    const recoveredAt = Date.now();
    await sleep(3_000);
    await load.stop();

    const before = shots.filter(({ answeredAt }) => answeredAt < pausedAt);
    const during = shots.filter(({ sentAt, answeredAt }) => sentAt > pausedAt && answeredAt < resumedAt);
    const after = shots.filter(({ sentAt }) => sentAt > recoveredAt);
    const allowed = shots.filter(({ status }) => status === 200).length;
    const unavailable = shots.filter(({ status }) => status === 503).length;
    const refused = shots.filter(({ status }) => status === 401).length;
    const wrongAllows = shots.filter(({ kind, status }) => wrong.includes(kind) && status === 200);
    const waits = during.map(({ sentAt, answeredAt }) => answeredAt - sentAt).toSorted((one, other) => one - other);
    const [half = 0, longest = 0] = [waits[waits.length >> 1], waits.at(-1)];
    console.info("Redis stopped for 8 s and continued:", {
      ...{ recoveredIn, half, longest, left: fresh.length },
      ...{ sent: shots.length, allowed, refused, unavailable, wrongAllows: wrongAllows.length },
      ...{ before: tally(before), during: tally(during), after: tally(after) },
    });

    expect(wrongAllows).toEqual([]);
    expect(allowed + refused + unavailable).toBe(shots.length);
    expectUsual(before);
    expectUsual(after);

    // While nobody can know, what is not allowed is 503, but a wrong signature of a known session, which is wrong anyway.
    const told = tally(during);
    expect(Object.keys(told.write ?? {})).toEqual([ask503]);
    expect(Object.keys(told.fresh ?? {})).toEqual([ask503]);
    expect(Object.keys(told.unknown ?? {})).toEqual([ask503]);
    expect(Object.keys(told.read ?? {}).toSorted()).toEqual(["200", ask503]);
    const knownFor = Math.min(cacheSeconds, revocationSeconds) * 1_000;
    expect(during.filter(({ sentAt, status }) => status === 200 && sentAt > pausedAt + knownFor)).toEqual([]);
    const known = during.filter(({ kind, sentAt }) => kind === "read" && sentAt < pausedAt + 1_000);
    expect(known.filter(({ status }) => status === 200).length).toBeGreaterThan(known.length / 2);
    // Whoever is told to come again is told when, and soon.
    const turned = shots.filter(({ status }) => status === 503);
    expect(turned.filter(({ retryAfter }) => !/^[1-9]\d{0,2}$/.test(retryAfter ?? ""))).toEqual([]);
    // A gateway waits for a second; the rest is what the machine takes to send and to answer.
    expect(half).toBeLessThan(2_000);
    expect(longest).toBeLessThan(5_000);
    expect(recoveredIn).toBeLessThan(10_000);
  });
});

describe("a Redis that ends without notice and starts again, under load", () => {
  it("loses no session and no mark, and nothing wrong gets through", async () => {
    const { a, b, redis } = nodes;
    const callers = await openMany(a, 10);
    const fresh = await openMany(a, 200);
    const { credentials } = callers[0] as Caller;
    const write = signWrite(credentials);
    expect(await asked(nodes, a, write)).toBe("200");
    const { shots, load } = startLoad(nodes, callers, [...fresh]);
    await sleep(2_000);
    const endedAt = Date.now();
    await redis.restart();
    const recoveredIn = await recovery(nodes, callers[0] as Caller);
    await sleep(1_000);
    const recoveredAt = Date.now();
    await sleep(3_000);
    await load.stop();

    console.info("Redis restarted:", {
      recoveredIn,
      ...{ before: tally(shots.filter(({ answeredAt }) => answeredAt < endedAt)) },
      between: tally(shots.filter(({ sentAt, answeredAt }) => answeredAt >= endedAt && sentAt <= recoveredAt)),
      after: tally(shots.filter(({ sentAt }) => sentAt > recoveredAt)),
    });
    expect(shots.filter(({ kind, status }) => wrong.includes(kind) && status === 200)).toEqual([]);
    expect(shots.filter((shot) => said(shot) !== usual[shot.kind] && said(shot) !== ask503)).toEqual([]);
    expectUsual(shots.filter(({ sentAt }) => sentAt > recoveredAt));
    for (const gateway of [a, b]) expect(await asked(nodes, gateway, write)).toBe("401 request_replayed");
    const verdicts = await severalAtOnce(fresh, (caller) => asked(nodes, b, signRead(caller.credentials)));
    expect(verdicts).toEqual(fresh.map(() => "200"));
  });
});

describe("a gateway that is killed under load", () => {
  it("fails the requests that are under way there, and the other goes on with every session", async () => {
    const { a, b } = nodes;
    const callers = await openMany(a, 20);
    const fresh = await openMany(a, 300);
    const { shots, load, underWay } = startLoad(nodes, callers, [...fresh]);
    await sleep(2_000);
    // It stops first, so that there are requests under way at its end.
    a.pause();
    const stoppedAt = Date.now();
    while ((underWay.get(a) ?? 0) < 10) await sleep(20);
    await a.kill();
    const killedAt = Date.now();
    await sleep(3_000);
    await load.stop();

    const there = shots.filter(({ gateway, answeredAt }) => gateway === a && answeredAt >= stoppedAt);
    const here = shots.filter(({ gateway }) => gateway === b);
    console.info("A gateway killed:", { there: tally(there), here: tally(here) });
    expect(there.filter(({ status }) => status !== undefined && status !== 200 && status !== 401)).toEqual([]);
    expect(there.filter(({ code }) => code === "ECONNRESET").length).toBeGreaterThan(0);
    expect(there.filter(({ sentAt, status }) => sentAt > stoppedAt && status !== undefined)).toEqual([]);
    const later = there.filter(({ sentAt }) => sentAt > killedAt);
    expect(later.length).toBeGreaterThan(0);
    expect(later.filter(({ code }) => code === "ECONNREFUSED").length).toBeGreaterThan(later.length / 2);
    expect(here.filter((shot) => said(shot) !== usual[shot.kind])).toEqual([]);
    expect(shots.filter(({ kind, status }) => wrong.includes(kind) && status === 200)).toEqual([]);
    const all = [...callers, ...fresh];
    const verdicts = await severalAtOnce(all, ({ credentials }) => asked(nodes, b, signWrite(credentials)));
    expect(verdicts).toEqual(all.map(() => "200"));
  });
});
