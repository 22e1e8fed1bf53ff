/**
 * An Express API that takes signed requests: the broker exchanges an ID token for Identity Pool credentials, keeps derived
 * keys alone, and from then on any stock signer will do.
 */
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { AwsClient } from "aws4fetch";
import express from "express";
import {
  anyOf,
  authenticated,
  broker,
  createAuthorizer,
  createSessions,
  definePolicy,
  group,
  guest,
  signedRequest,
  userPool,
} from "poolgate";
import { authorize, endpoints, principalOf } from "poolgate/express";
import { startPools } from "poolgate/testing";

await using pools = await startPools({ roles: { editors: "ArticleEditor" }, guests: true });
const { region, userPoolId, clientId, identityPoolId, jwks } = pools;

// Callers sign for this name. It holds a dot, so no signature for it is worth anything at AWS.
const service = "articles.example.com";
const server = express().listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const { port } = server.address() as AddressInfo;

const sessions = createSessions({ service, region });
const authorizer = createAuthorizer({
  verifiers: [
    signedRequest({
      sessions,
      hosts: [`127.0.0.1:${port}`],
      // Guests come with a role alone; which roles are welcome, and as what, is said here.
      roles: { "123456789012/Guest": { guest: true } },
    }),
  ],
  policy: definePolicy({
    routes: { "GET /articles/:id": anyOf(authenticated, guest), "POST /articles": group("editors") },
  }),
});

const app = express();
app.use(
  endpoints(
    broker({
      sessions,
      userPool: userPool({ userPoolId, clientId, tokenUse: "id", jwks }),
      identityPoolId,
      guests: true,
      endpoints: { identity: pools.endpoints.identity, sts: pools.endpoints.sts },
      allowLoopbackHttp: true,
    }),
  ),
);
app.use(authorize(authorizer));
app.use(express.json());
app.get("/articles/:id", (req, res) => void res.json({ id: req.params.id, reader: principalOf(req).id }));
app.post("/articles", (req, res) => void res.status(201).json({ by: principalOf(req).userId, article: req.body }));
server.removeAllListeners("request").on("request", app);

const origin = `http://127.0.0.1:${port}`;

/** Fetches credentials as an AWS SDK does, and signs with them. */
async function signingClient(idToken?: string): Promise<AwsClient> {
  const headers = idToken === undefined ? {} : { authorization: `Bearer ${idToken}` };
  const fetchThem = () => fetch(`${origin}/.well-known/poolgate/credentials`, { headers });
  let answer = await fetchThem();
  // A broker that AWS keeps waiting says 503, and to come again: the exchange goes on, and the next call joins it.
  for (let attempt = 1; answer.status === 503 && attempt < 20; attempt += 1) {
    await pause(1_000);
    answer = await fetchThem();
  }
  const { AccessKeyId, SecretAccessKey, Token } = (await answer.json()) as Record<string, string>;
  if (AccessKeyId === undefined || SecretAccessKey === undefined) throw new Error("the broker gave no credentials");
  return new AwsClient({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(Token !== undefined && { sessionToken: Token }),
    service,
    region,
  });
}

const show = async (who: string, client: AwsClient, method: string, path: string, body?: string) => {
  const headers = { "content-type": "application/json" };
  const answer = await client.fetch(origin + path, { method, headers, ...(body !== undefined && { body }) });
  console.log(who, method, path, answer.status, await answer.text());
};
const ada = await signingClient(pools.idToken({ name: "ada", groups: ["editors"] }));
const visitor = await signingClient();
await show("ada", ada, "POST", "/articles", JSON.stringify({ title: "Signed" }));
await show("visitor", visitor, "GET", "/articles/1");
await show("visitor", visitor, "POST", "/articles", "{}");
server.close();
