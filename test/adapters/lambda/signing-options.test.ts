import { describe, expect, it } from "vitest";
import { guardHandler, lambdaAuthorizer, principalOf } from "../../../src/adapters/lambda/index.ts";
import { type Authorizer, createAuthorizer } from "../../../src/authorizer.ts";
import { createSessions } from "../../../src/sessions/create-sessions.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import type { Store } from "../../../src/stores/store.ts";
import { signedRequest } from "../../../src/verify/signed-request.ts";
import type { SignedRequestOptions } from "../../../src/verify/signed-request-options.ts";
import { credentials, now, type Received } from "../../signed/gate.ts";
import { presign } from "../../signed/reference-presigner.ts";
import { sign } from "../../signed/reference-signer.ts";
import { httpAuthorizerEvent, httpProxyEvent, restProxyEvent, restRequestEvent } from "./events.ts";
import { caller, policy } from "./gate.ts";

const clock = () => now.getTime();
const helloSha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

/** One process with an authorizer of its own, on a store that it may share. */
async function processOn(store: Store, options: Partial<SignedRequestOptions>): Promise<Authorizer> {
  const sessions = createSessions({ service: "api.example.com", region: "eu-west-1", store, clock });
  await sessions.open({
    ...credentials,
    principal: caller("ada", ["editors"]),
    notAfter: new Date(clock() + 3_600_000),
  });
  return createAuthorizer({ verifiers: [signedRequest({ sessions, ...options })], policy });
}

/** What an event tells of a request. */
function factsOf({ method, target, headers }: Received) {
  const { pathname, searchParams } = new URL(target, "http://gateway");
  const query = Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]));
  return { method, path: pathname, query, headers: Object.fromEntries(headers) };
}

/** Asks an authorizer of an HTTP API, then calls the function behind it with what the authorizer handed over. */
function gateway(front: Authorizer, behind: (event: ReturnType<typeof httpProxyEvent>) => unknown) {
  const ask = lambdaAuthorizer(front, { format: "http-simple", cache: "off" });
  return async (request: Received, body = String(request.body ?? "")) => {
    const facts = factsOf(request);
    const { isAuthorized, context } = await ask(httpAuthorizerEvent(facts));
    if (!isAuthorized) return context.code;
    return behind(httpProxyEvent({ ...facts, context: context as Record<string, string>, body }));
  };
}

function guarded(authorizer: Authorizer) {
  const handler = guardHandler(authorizer, () => ({ statusCode: 204 }));
  return async (event: ReturnType<typeof httpProxyEvent>) => {
    const answer = await handler(event, {});
    return "body" in answer ? JSON.parse(answer.body).code : answer.statusCode;
  };
}

const post = (nonce: string) =>
  sign({ body: "hello", headers: { "x-amz-content-sha256": helloSha256, "x-amz-request-nonce": nonce } });

describe("replay protection at an authorizer and the function behind it, on one store", () => {
  const replayProtection = "unsafe-methods";

  it("refuses every request where both have it, for the second takes what the first has marked for a replay", async () => {
    const store = memoryStore({ clock });
    const [front, behind] = [
      await processOn(store, { replayProtection }),
      await processOn(store, { replayProtection }),
    ];
    expect(await gateway(front, guarded(behind))(post("1"))).toBe("request_replayed");
  });

  it("belongs to the function where that verifies the request again", async () => {
    const store = memoryStore({ clock });
    const [front, behind] = [await processOn(store, {}), await processOn(store, { replayProtection })];
    const send = gateway(front, guarded(behind));
    expect([await send(post("1")), await send(post("1")), await send(post("2"))]).toEqual([
      204,
      "request_replayed",
      204,
    ]);
    expect([await send(post("3"), "hullo"), await send(post("3"))]).toEqual(["payload_mismatch", 204]);
  });

  it("belongs to the authorizer where the function only reads what that found out", async () => {
    const front = await processOn(memoryStore({ clock }), { replayProtection });
    const send = gateway(front, (event) => principalOf(event, { clock }).userId);
    expect([await send(post("1")), await send(post("1")), await send(post("2"))]).toEqual([
      "ada",
      "request_replayed",
      "ada",
    ]);
  });
});

describe("a presigned URL", () => {
  const presignedUrls = { maxSeconds: 900 };
  const reading = presign({ path: "/files/a", query: "q=a%20b" });

  it("opens each door that sees the query", async () => {
    const authorizer = await processOn(memoryStore({ clock }), { presignedUrls });
    const facts = factsOf(reading);
    const rest = lambdaAuthorizer(authorizer, { format: "rest-request", cache: "off" });
    expect(await rest(restRequestEvent(facts))).toMatchObject({ policyDocument: { Statement: [{ Effect: "Allow" }] } });
    expect(await gateway(authorizer, guarded(authorizer))(reading)).toBe(204);
    const handler = guardHandler(authorizer, () => ({ statusCode: 204 }));
    expect(await handler(restProxyEvent(facts), {})).toEqual({ statusCode: 204 });
  });

  it("is refused on another query, and where the option is not set", async () => {
    const authorizer = await processOn(memoryStore({ clock }), { presignedUrls });
    const other = { ...reading, target: reading.target.replace("a%20b", "a%20c") };
    expect(await gateway(authorizer, guarded(authorizer))(other)).toBe("invalid_signature");
    const plain = await processOn(memoryStore({ clock }), {});
    expect(await gateway(plain, guarded(plain))(reading)).toBe("presigned_not_accepted");
  });

  it("carries no body that was not signed, though the authorizer sees none", async () => {
    const authorizer = await processOn(memoryStore({ clock }), { presignedUrls });
    const send = gateway(authorizer, (event) => principalOf(event, { clock }).userId);
    expect(await send(reading)).toBe("ada");
    await expect(send(reading, "hello")).rejects.toMatchObject({ code: "payload_mismatch" });
    expect(await gateway(authorizer, guarded(authorizer))(reading, "hello")).toBe("invalid_signature");
  });
});

describe("an unsigned payload", () => {
  const upload = sign({ body: "hello", headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } });

  it("reaches the function behind where both verifiers let it", async () => {
    const allowing = await processOn(memoryStore({ clock }), { unsignedPayload: () => true });
    const strict = await processOn(memoryStore({ clock }), {});
    expect(await gateway(allowing, guarded(allowing))(upload)).toBe(204);
    expect(await gateway(allowing, (event) => principalOf(event, { clock }).userId)(upload)).toBe("ada");
    expect(await gateway(allowing, guarded(strict))(upload)).toBe("payload_not_signed");
    expect(await gateway(strict, guarded(allowing))(upload)).toBe("payload_not_signed");
  });
});

describe("a forwarded host", () => {
  it("is never known, whatever the event says", async () => {
    const authorizer = await processOn(memoryStore({ clock }), { forwardedHost: true });
    const signed = sign({ method: "GET", headers: { "x-forwarded-host": "api.example.com" } });
    expect(await gateway(authorizer, guarded(authorizer))(signed)).toBe("host_not_accepted");
  });

  it("may be configured instead", async () => {
    const authorizer = await processOn(memoryStore({ clock }), { signedHost: "api.example.com" });
    const { headers, ...others } = sign({ method: "GET" });
    const arrived = headers.map(([name, value]) => [name, name === "host" ? "abc.execute-api" : value] as const);
    expect(await gateway(authorizer, guarded(authorizer))({ ...others, headers: arrived })).toBe(204);
  });
});
