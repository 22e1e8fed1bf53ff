/** Tokens that Cognito is asked about: a sign-out or a disabled user is noticed here, whoever brought it about. */
import type { AddressInfo } from "node:net";
import express from "express";
import { authenticated, bearer, createAuthorizer, definePolicy, liveCheck, userPool } from "poolgate";
import { authorize } from "poolgate/express";
import { startPools } from "poolgate/testing";

await using pools = await startPools();

// Minutes pass in no time here; leave out the clock.
let passed = 0;
const clock = () => Date.now() + passed;

const access = userPool({
  userPoolId: pools.userPoolId,
  clientId: pools.clientId,
  tokenUse: "access",
  jwks: pools.jwks,
  // A verdict of Cognito is believed for a minute. Leave out the endpoint: it points at the stand-in.
  liveCheck: liveCheck({ maxAgeSeconds: 60, endpoint: pools.endpoints.userPool }),
  allowLoopbackHttp: true,
  clock,
});

const app = express();
app.use(
  authorize(
    createAuthorizer({
      verifiers: [bearer({ issuers: [access], clock })],
      policy: definePolicy({ routes: { "GET /mine": authenticated } }),
    }),
  ),
);
app.get("/mine", (_req, res) => void res.sendStatus(204));

const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mine`;

async function show(when: string, token: string): Promise<void> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const { code = "" } = answer.ok ? {} : ((await answer.json()) as { code?: string });
  console.log(when, answer.status, code, answer.headers.get("retry-after") ?? "");
}

const ada = { name: "ada" };
const first = pools.accessToken(ada);
await show("signed in", first);
for (let request = 0; request < 100; request += 1) await fetch(url, { headers: { authorization: `Bearer ${first}` } });
console.log("Cognito was asked", pools.calls("GetUser"), "time about 101 requests");

pools.signOut(ada);
await show("signed out, within the minute", first);
passed += 60_000;
await show("signed out, a minute later", first);

const second = pools.accessToken(ada);
await show("signed in again", second);
passed += 60_000;
pools.fail("GetUser", { status: 500 });
await show("Cognito cannot be asked", second);
pools.recover();
passed += 5_000;
await show("it can again", second);

pools.disable(ada);
passed += 60_000;
await show("disabled, a minute later", second);
await show("without the scope", pools.accessToken(ada, { scopes: ["openid"] }));
server.close();
