import { fileURLToPath } from "node:url";
import express from "express";
import { createSessions, enrollment, type RoleMap } from "poolgate";
import { endpoints } from "poolgate/express";
import { type PoolCredentials, startPools } from "poolgate/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { curlClient } from "./clients.ts";
import { type Finished, python, run } from "./programs.ts";
import { type SigningGate, startSigningGate } from "./signing-gate.ts";

const service = "api.example.com";
const script = fileURLToPath(new URL("../../examples/enroll-python/enroll.py", import.meta.url));
const pools = await startPools({ roles: { editors: "ArticleEditor", strangers: "Stranger" } });
const roles: RoleMap = { [`${pools.accountId}/ArticleEditor`]: { groups: ["editors"] } };
const ada = { name: "ada", groups: ["editors"] };
const bob = { name: "bob", groups: ["strangers"] };

let gate: SigningGate;
beforeAll(async () => {
  const sessions = createSessions({ service, region: "eu-central-1" });
  const enrolling = enrollment({
    ...{ sessions, roles, regions: [pools.region], modes: ["virtual", "derived"] },
    ...{ endpoints: { [pools.region]: pools.endpoints.sts }, allowLoopbackHttp: true },
  });
  gate = await startSigningGate({
    ...{ sessions, verifier: { roles }, ahead: endpoints(enrolling) },
    application: (req, res) => {
      express.text({ type: () => true })(req, res, () => res.json({ body: req.body }));
    },
  });
});
afterAll(() => Promise.all([gate?.close(), pools.close()]));

/** Runs the example in Python with credentials in its environment, as an operator would. */
function enroll(credentials: PoolCredentials, ...args: readonly string[]): Promise<Finished> {
  return run(
    python,
    [
      ...[script, "--url", `http://${gate.host}`, "--audience", service, "--region", pools.region],
      ...["--gate-region", "eu-central-1", "--sts-endpoint", pools.endpoints.sts, ...args],
    ],
    {
      env: {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        AWS_EC2_METADATA_DISABLED: "true",
        no_proxy: "*",
      },
    },
  );
}

describe("the enrollment of a client in Python", () => {
  it.each(["virtual", "derived"])("lets it call the API in mode %s", async (mode) => {
    const credentials = await pools.credentials(ada);
    const calls = pools.calls("GetCallerIdentity");
    const data = '{"title":"Gr\u00fc\u00dfe"}';
    const finished = await enroll(credentials, "--mode", mode, "--data", data, "POST", "/articles/7?draft=1");
    expect(finished).toEqual({ status: 0, stderr: "", stdout: `200 ${JSON.stringify({ body: data })}\n` });
    expect(pools.calls("GetCallerIdentity")).toBe(calls + 1);
  });

  it.each(["virtual", "derived"])("lets curl call the API with what it enrolled in mode %s", async (mode) => {
    const { stdout } = await enroll(await pools.credentials(ada), "--mode", mode, "--print");
    const { accessKeyId, secretAccessKey, sessionToken, region } = JSON.parse(stdout);
    const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== null && { sessionToken }) };
    const curl = curlClient(service, region);
    const order = { host: gate.host, method: "POST", target: "/articles", body: "Hello" };
    expect(await curl({ ...order, credentials })).toEqual({ status: 200, text: '{"body":"Hello"}' });
    const wrong = { ...credentials, secretAccessKey: `${secretAccessKey}x` };
    expect((await curl({ ...order, credentials: wrong })).status).toBe(401);
  });

  it("is refused for a role that is not listed", async () => {
    const { status, stdout, stderr } = await enroll(await pools.credentials(bob), "GET", "/articles");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("role_not_allowed");
  });

  it("sends nothing where others could read it, and no keys that could be for a service of AWS", async () => {
    const credentials = await pools.credentials(ada);
    const calls = pools.calls("GetCallerIdentity");
    const open = await enroll(credentials, "--url", "http://api.example.com");
    expect(open.stderr).toContain("--url must begin with https:");
    const undotted = await enroll(credentials, "--mode", "derived", "--service", "s3");
    expect(undotted.stderr).toContain("a service with a dot");
    expect(pools.calls("GetCallerIdentity")).toBe(calls);
  });

  it("is refused for another gate, or with a secret that is not the caller's", async () => {
    const credentials = await pools.credentials(ada);
    const elsewhere = await enroll(credentials, "--audience", "other.example.com", "--service", service);
    expect(elsewhere.stderr).toContain("invalid_signature");
    const forged = await enroll({ ...credentials, secretAccessKey: "x".repeat(40) });
    expect(forged.stderr).toContain("invalid_signature");
  });
});
