import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { closedGroups, createPrincipal, createSessions, memoryStore } from "poolgate";
import { enroll } from "poolgate/client";
import type { PoolCredentials, SigningCredentials } from "poolgate/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  asked,
  type Caller,
  cacheSeconds,
  type Nodes,
  open,
  openMany,
  revocationSeconds,
  startNodes,
} from "./nodes.ts";
import { ownAddress } from "./own-address.ts";
import { drawCredentials, signRead, signWrite } from "./signed-load.ts";
import type { Gateway } from "./start-gateway.ts";

let nodes: Nodes;

beforeEach(async () => {
  nodes = await startNodes();
});

afterEach(async () => {
  expect(await nodes.close()).toEqual([]);
});

const userOf = ({ userId }: Caller) => `user:eu-west-1_Example01:${userId}`;

/** What a gate without a key, whose store never leaves its process, would keep of a session. */
async function plainRecord(credentials: SigningCredentials): Promise<string> {
  const memory = memoryStore();
  const service = "api.example.com";
  const sessions = createSessions({ service, region: "eu-west-1", store: memory });
  await sessions.open({
    ...credentials,
    principal: createPrincipal({
      ...{ kind: "user", id: "user:eu-west-1_Example01:admin", issuer: "eu-west-1_Example01", verifiedBy: "nobody" },
      groups: closedGroups(["editors"]),
    }),
    notAfter: new Date(Date.now() + 3_600_000),
  });
  const [key = ""] = await memory.list("poolgate/1/session/");
  return Buffer.from((await memory.get(key)) ?? []).toString("base64");
}

/** Enrolls AWS credentials at a gateway, through a fetch that tells what was sent. */
async function enrolled(gateway: Gateway, credentials: PoolCredentials, mode: "virtual" | "derived" = "virtual") {
  const { region, endpoints } = nodes.pools;
  const sent: string[] = [];
  const enrollment = await enroll({
    ...{ url: `http://${ownAddress}:${gateway.port}`, audience: "api.example.com", credentials, region, mode },
    ...(mode === "derived" && { gateRegion: "eu-west-1" }),
    stsEndpoint: endpoints.sts,
    fetch: (url, init) => {
      sent.push(String(init?.body));
      return fetch(url, init);
    },
  });
  return { credentials: { ...enrollment }, sent };
}

describe("two gateways on one Redis", () => {
  it.each(["virtual", "derived"] as const)(
    "take the signature of a caller who enrolled at the other: %s",
    async (mode) => {
      const { a, b, pools } = nodes;
      const ada = await pools.credentials({ name: "ada", groups: ["editors"] });
      const { credentials } = await enrolled(a, ada, mode);
      expect(await asked(nodes, b, signWrite(credentials))).toBe("200");
      expect(await asked(nodes, a, signRead(credentials))).toBe("200");
      const wrong = { ...credentials, secretAccessKey: ada.secretAccessKey.split("").toReversed().join("") };
      expect(await asked(nodes, b, signRead(wrong))).toBe("401 invalid_signature");
    },
  );

  it("take a proof once, whichever of them it is brought to", async () => {
    const { a, b, pools } = nodes;
    const { sent } = await enrolled(a, await pools.credentials({ name: "ada", groups: ["editors"] }));
    const calls = pools.calls("GetCallerIdentity");
    for (const { port } of [b, a]) {
      const answer = await fetch(`http://${ownAddress}:${port}/.well-known/poolgate/enroll`, {
        ...{ method: "POST", headers: { "content-type": "application/json" }, body: sent[0] ?? "" },
      });
      expect([answer.status, await answer.json()]).toEqual([
        401,
        expect.objectContaining({ code: "request_replayed" }),
      ]);
    }
    expect(pools.calls("GetCallerIdentity")).toBe(calls);
  });

  it("keep one session for AWS credentials that enroll at both", async () => {
    const { a, b, pools } = nodes;
    const ada = await pools.credentials({ name: "ada", groups: ["editors"] });
    const { credentials: first } = await enrolled(a, ada);
    expect(await asked(nodes, a, signRead(first))).toBe("200");
    const { credentials: second } = await enrolled(b, ada);
    expect(await asked(nodes, a, signRead(second))).toBe("200");
    expect(await asked(nodes, b, signRead(first))).toBe("401 invalid_signature");
    await sleep(cacheSeconds * 1_000);
    expect(await asked(nodes, a, signRead(first))).toBe("401 invalid_signature");
  });

  it("take the signature of a session that was opened at the other", async () => {
    const { a, b } = nodes;
    const one = await open(a);
    const two = await open(b);
    expect(await asked(nodes, b, signRead(one.credentials))).toBe("200");
    expect(await asked(nodes, a, signRead(two.credentials))).toBe("200");
    expect(await asked(nodes, b, signWrite(one.credentials))).toBe("200");
  });

  it("take it a second after it was refused, where it was opened at the other in between", async () => {
    const { a, b } = nodes;
    const caller = { credentials: drawCredentials(), userId: randomUUID() };
    expect(await asked(nodes, b, signRead(caller.credentials))).toBe("401 invalid_signature");
    await a.order("open", { ...caller, groups: [], notAfter: Date.now() + 60_000 });
    await sleep(1_100);
    expect(await asked(nodes, b, signRead(caller.credentials))).toBe("200");
  });

  it("catch a replay that was allowed at the other, and let one of many at once through", async () => {
    const { a, b } = nodes;
    const { credentials } = await open(a);
    const write = signWrite(credentials);
    expect(await asked(nodes, a, write)).toBe("200");
    expect(await asked(nodes, b, write)).toBe("401 request_replayed");
    expect(await asked(nodes, a, write)).toBe("401 request_replayed");
    const raced = signWrite(credentials);
    const all = Array.from({ length: 20 }, (_, index) => asked(nodes, index % 2 === 0 ? a : b, raced));
    const verdicts = await Promise.all(all);
    expect(verdicts.toSorted()).toEqual(["200", ...Array.from({ length: 19 }, () => "401 request_replayed")]);
  });

  it("refuse within the stated time what was revoked or closed at the other", async () => {
    const { a, b } = nodes;
    const [session, user, closed, kept] = (await openMany(a, 4)) as [Caller, Caller, Caller, Caller];
    for (const { credentials } of [session, user, closed, kept]) {
      expect(await asked(nodes, a, signRead(credentials))).toBe("200");
      expect(await asked(nodes, b, signRead(credentials))).toBe("200");
    }
    await a.order("revoke", { accessKeyId: session.credentials.accessKeyId });
    await a.order("revoke", { user: userOf(user) });
    await a.order("close", { accessKeyId: closed.credentials.accessKeyId });
    const ended = [session, user, closed];
    for (const { credentials } of ended) {
      expect(await asked(nodes, a, signRead(credentials))).toBe("401 invalid_signature");
    }
    await sleep(Math.max(revocationSeconds, cacheSeconds) * 1_000);
    for (const { credentials } of ended) {
      expect(await asked(nodes, b, signRead(credentials))).toBe("401 invalid_signature");
    }
    expect(await asked(nodes, b, signRead(kept.credentials))).toBe("200");
  });

  it("leave nothing in Redis that signs, or that tells who a caller is", async () => {
    const { a, b, client } = nodes;
    const caller = await open(a);
    const { secretAccessKey, sessionToken = "", accessKeyId } = caller.credentials;
    expect(await asked(nodes, b, signWrite(caller.credentials))).toBe("200");
    await a.order("revoke", { user: userOf(caller) });
    const keys = await client.keys("*");
    expect(keys.length).toBeGreaterThanOrEqual(3);
    const secrets = [secretAccessKey, sessionToken.slice(0, 40), "tenant-of-secrets", '"keys"', '"principal"'];
    for (const key of keys) {
      const text = (await client.get(key)) ?? "";
      const all = `${key}\n${text}\n${Buffer.from(text, "base64").toString("latin1")}`;
      for (const secret of secrets) expect(all.includes(secret), `${secret} in ${key}`).toBe(false);
    }
    const [sessionKey = ""] = keys.filter((key) => key.endsWith(accessKeyId));
    const record = Buffer.from((await client.get(sessionKey)) ?? "", "base64").toString("latin1");
    expect(record.length).toBeGreaterThan(200);
    for (const fact of [caller.userId, "editors", accessKeyId, "eu-west-1_Example01"]) {
      expect(record.includes(fact), fact).toBe(false);
    }
  });

  it("take no record for a session that somebody changed, moved, or wrote without their key", async () => {
    const { a, b, client } = nodes;
    const [victim, editor] = (await openMany(a, 2)) as [Caller, Caller];
    const keyOf = async ({ credentials }: Caller) => (await client.keys(`*${credentials.accessKeyId}`))[0] ?? "";
    const [victimKey, editorKey] = [await keyOf(victim), await keyOf(editor)];
    const record = Buffer.from((await client.get(victimKey)) ?? "", "base64");
    const { accessKeyId } = victim.credentials;
    /** What stands in the store, and who signs with the victim's access key id. */
    const forged: [name: string, value: string, signer: SigningCredentials][] = [
      ["another's record, with his keys", (await client.get(editorKey)) ?? "", { ...editor.credentials, accessKeyId }],
      ["another's record, with the victim's keys", (await client.get(editorKey)) ?? "", victim.credentials],
      ["nothing", "", victim.credentials],
      ["a record cut short", record.subarray(0, -1).toString("base64"), victim.credentials],
      ["a longer record", Buffer.concat([record, Buffer.of(0)]).toString("base64"), victim.credentials],
      ["no base64", "not one of ours", victim.credentials],
    ];
    for (let at = 0; at < record.length; at += Math.ceil(record.length / 40)) {
      const changed = Buffer.from(record);
      changed[at] = (changed[at] ?? 0) ^ 1;
      forged.push([`a record with another byte ${at}`, changed.toString("base64"), victim.credentials]);
    }
    const invented = { ...drawCredentials(), accessKeyId };
    const editorOf = { userId: "admin", groups: ["editors"], notAfter: Date.now() + 3_600_000 };
    await (await nodes.stranger()).order("open", { credentials: invented, ...editorOf });
    forged.push(["a record sealed with another key", (await client.get(victimKey)) ?? "", invented]);
    forged.push(["a record in plain", await plainRecord(invented), invented]);

    for (const [name, value, signer] of forged) {
      await client.set(victimKey, value, "PX", 600_000);
      // What cannot be read is neither a session nor none.
      expect(await asked(nodes, b, signRead(signer)), name).toBe("503 store_unavailable");
    }
    await client.set(victimKey, record.toString("base64"), "PX", 600_000);
    expect(await asked(nodes, b, signRead(victim.credentials))).toBe("200");
  });

  it("lose no session, mark or revocation where Redis ends without notice and starts again", async () => {
    const { a, b, redis, client } = nodes;
    const callers = await openMany(a, 50);
    const [first, revoked] = (await openMany(b, 2)) as [Caller, Caller];
    await a.order("revoke", { accessKeyId: revoked.credentials.accessKeyId });
    const write = signWrite(first.credentials);
    expect(await asked(nodes, a, write)).toBe("200");
    await redis.restart();
    await client.ping();
    // So that nothing is answered from what the gateways remember.
    await sleep(Math.max(revocationSeconds, cacheSeconds) * 1_000 + 500);
    for (const gateway of [a, b]) {
      const verdicts = await Promise.all(
        callers.map(({ credentials }) => asked(nodes, gateway, signWrite(credentials))),
      );
      expect(verdicts).toEqual(callers.map(() => "200"));
      expect(await asked(nodes, gateway, write)).toBe("401 request_replayed");
      expect(await asked(nodes, gateway, signRead(revoked.credentials))).toBe("401 invalid_signature");
    }
  });
});
