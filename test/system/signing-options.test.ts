import { randomBytes } from "node:crypto";
import { closedGroups, createPrincipal, createSessions } from "poolgate";
import type { SigningCredentials } from "poolgate/testing";
import { afterAll, expect, it } from "vitest";
import { curlClient, startBotocore } from "./clients.ts";
import { type SigningGate, startSigningGate } from "./signing-gate.ts";

type Options = Partial<Parameters<typeof startSigningGate>[0]>;

const service = "api.example.com";
const region = "eu-west-1";
const curl = curlClient(service, region);
const botocore = startBotocore(service, region);
const sessions = createSessions({ service, region });
const gates: SigningGate[] = [];

const credentials: SigningCredentials = {
  accessKeyId: `MACHINE${randomBytes(8).toString("hex").toUpperCase()}`,
  secretAccessKey: randomBytes(32).toString("base64url"),
  sessionToken: randomBytes(64).toString("base64"),
};
await sessions.open({
  ...credentials,
  principal: createPrincipal({
    kind: "client",
    id: "client:machines:one",
    issuer: "machines",
    verifiedBy: "operator",
    groups: closedGroups(["editors"]),
  }),
  notAfter: new Date(Date.now() + 3_600_000),
});

async function gateWith(options: Options): Promise<SigningGate> {
  const gate = await startSigningGate({
    sessions,
    application: (req, res) => void res.send(req.originalUrl),
    ...options,
  });
  gates.push(gate);
  return gate;
}

afterAll(() => Promise.all([...gates.map((gate) => gate.close()), botocore.close()]));

const escapedPaths = ["/articles/a%20b", "/articles/caf%C3%A9", "/articles/a%2Bb%25", "/a:b@c,d;e=f&g", "/a!b'()*"];

it.each(escapedPaths)("curl is let in on %s where the path is encoded once, and not on another", async (target) => {
  const gate = await gateWith({ verifier: { pathEncoding: "single" } });
  const reply = await curl({ host: gate.proxy.host, method: "GET", target, credentials });
  expect(reply).toEqual({ status: 200, text: target });
  gate.proxy.tampering = (message) => ({ ...message, target: target.replace("a", "b") });
  expect((await curl({ host: gate.proxy.host, method: "GET", target, credentials })).status).toBe(401);
  gate.proxy.tampering = (message) => ({ ...message, target: target.replaceAll("%", "%25").replace("@", "%2540") });
  const again = await curl({ host: gate.proxy.host, method: "GET", target, credentials });
  expect([again.status, target]).toEqual([/[%@]/.test(target) ? 401 : 200, target]);
});

it("botocore is refused on an escaped path where that is encoded once", async () => {
  const gate = await gateWith({ verifier: { pathEncoding: "single" } });
  const order = { host: gate.host, method: "GET", credentials };
  expect((await botocore.client({ ...order, target: "/articles/a%20b" })).status).toBe(401);
  expect((await botocore.client({ ...order, target: "/articles/1" })).status).toBe(200);
});

it.each(["/", "/articles/a%20b?q=caf%C3%A9%20%26&b=1&a"])(
  "botocore is let in with a presigned URL for %s, and with no other",
  async (target) => {
    const gate = await gateWith({ verifier: { presignedUrls: { maxSeconds: 60 } } });
    const order = { host: gate.proxy.host, method: "GET", target, credentials };
    expect((await botocore.client({ ...order, presignSeconds: 60 })).status).toBe(200);
    expect((await botocore.client({ ...order, presignSeconds: 61 })).status).toBe(400);
    expect((await botocore.client({ ...order, method: "DELETE", presignSeconds: 60 })).status).toBe(401);
    for (const [from, to] of [
      [/^\/[^?]*/, "/other"],
      [/$/, "&c=1"],
      [/Expires=60/, "Expires=59"],
      [/X-Amz-Security-Token=[^&]*&?/, ""],
      [/SignedHeaders=host/, "SignedHeaders=host%3Bx-a"],
    ] as const) {
      gate.proxy.tampering = (message) => ({ ...message, target: message.target.replace(from, to) });
      expect((await botocore.client({ ...order, presignSeconds: 60 })).status).toBeGreaterThanOrEqual(400);
    }
    expect(gate.outcomes).toEqual([
      "allowed",
      "400 malformed_credentials",
      "401 presigned_not_accepted",
      ...Array(4).fill("401 invalid_signature"),
      "400 malformed_credentials",
    ]);
  },
);

it("a request of curl that is sent on twice is let in once, in another spelling too", async () => {
  const gate = await gateWith({ verifier: { replayProtection: "unsafe-methods" } });
  const order = { host: gate.proxy.host, method: "POST", target: "/articles?a=b%20c", body: "{}", credentials };
  let first: Parameters<typeof gate.proxy.tampering>[0] | undefined;
  gate.proxy.tampering = (message) => {
    first ??= message;
    return first;
  };
  expect((await curl(order)).status).toBe(200);
  expect(JSON.parse((await curl(order)).text)).toMatchObject({ code: "request_replayed" });
  gate.proxy.tampering = () => ({ ...(first as NonNullable<typeof first>), target: "/articles?a=b+c" });
  expect((await curl(order)).status).toBe(401);
  expect(gate.outcomes).toEqual(["allowed", "401 request_replayed", "401 request_replayed"]);
});

it("curl is let in through a proxy that replaces Host, by the host that it forwards", async () => {
  const verifier = { forwardedHost: true };
  const gate = await gateWith({ verifier, gate: { trustedProxies: ["127.0.0.1"] } });
  const order = { host: gate.proxy.host, method: "GET", target: "/articles", credentials };
  const replacing = (...forwarded: readonly string[]) => {
    gate.proxy.tampering = (message) => ({
      ...message,
      headers: [
        ...message.headers.filter(([name]) => name.toLowerCase() !== "host"),
        ["Host", "10.0.0.7"],
        ...forwarded.map((host) => ["X-Forwarded-Host", host] as const),
      ],
    });
  };
  replacing(gate.proxy.host);
  expect((await curl(order)).status).toBe(200);
  for (const forwarded of [[], [gate.proxy.host, gate.proxy.host], [`${gate.proxy.host}, a`], ["evil.example.com"]]) {
    replacing(...forwarded);
    expect((await curl(order)).status).toBe(401);
  }
  replacing(gate.host);
  expect((await curl(order)).status).toBe(401);
  expect(gate.outcomes).toEqual(["allowed", ...Array(4).fill("401 host_not_accepted"), "401 invalid_signature"]);
  const distrusting = await gateWith({ verifier, gate: { trustedProxies: ["10.0.0.0/8"] } });
  expect((await curl({ ...order, host: distrusting.host })).status).toBe(401);
  expect(distrusting.outcomes).toEqual(["401 host_not_accepted"]);
});
