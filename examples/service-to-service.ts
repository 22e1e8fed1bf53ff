/**
 * A service calls another with the credentials of its own IAM role: no shared password, no token service.
 *
 * It enrolls once and then signs by itself; for a call a day a proof in the request does, which the API brings to STS.
 */
import type { AddressInfo } from "node:net";
import express from "express";
import {
  createAuthorizer,
  createSessions,
  definePolicy,
  enrollment,
  group,
  type RoleMap,
  signedRequest,
  stsProof,
} from "poolgate";
import { ClientError, createSignedFetch, signProof } from "poolgate/client";
import { authorize, endpoints, principalOf } from "poolgate/express";
import { startPools } from "poolgate/testing";

// Stands in for AWS: it issues credentials of the role BillingService, and answers as STS.
await using pools = await startPools({ roles: { services: "BillingService" } });
const { region } = pools;
const server = express().listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const { port } = server.address() as AddressInfo;

// The API. It believes STS about the role, and this list about what the role may do.
const roles: RoleMap = { "123456789012/BillingService": { groups: ["billing"] } };
const sessions = createSessions({ service: "127.0.0.1", region });
const proofs = { sessions, roles, regions: [region], endpoints: { [region]: pools.endpoints.sts } };
const authorizer = createAuthorizer({
  verifiers: [
    signedRequest({ sessions, roles, hosts: [`127.0.0.1:${port}`] }),
    stsProof({ ...proofs, allowLoopbackHttp: true }),
  ],
  policy: definePolicy({ routes: { "POST /invoices": group("billing"), "POST /reports": group("billing") } }),
});
const app = express();
app.use(endpoints(enrollment({ ...proofs, allowLoopbackHttp: true })));
app.use(authorize(authorizer));
app.use(express.json());
app.post(["/invoices", "/reports"], (req, res) => void res.status(201).json({ by: principalOf(req).id, ...req.body }));
server.removeAllListeners("request").on("request", app);

// The caller. In your own code `credentials` is a provider of the AWS SDK, such as `fromNodeProviderChain()`, `url` is that
// of the API, and `stsEndpoint` is left out.
const url = `http://127.0.0.1:${port}`;
const credentials = () => pools.credentials({ name: "billing", groups: ["services"] });
const stsEndpoint = pools.endpoints.sts;

const signedFetch = createSignedFetch({ url, enroll: { credentials, region, stsEndpoint } });
for (const amount of [40, 2]) {
  const headers = { "content-type": "application/json" };
  const answer = await signedFetch("/invoices", { method: "POST", headers, body: JSON.stringify({ amount }) });
  console.log("enrolled POST /invoices", answer.status, await answer.text());
}
console.log("STS was asked", pools.calls("GetCallerIdentity"), "time for two invoices");

const report = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };
const headers = await signProof({ ...report, url: `${url}/reports`, credentials, region, stsEndpoint });
const answer = await fetch(`${url}/reports`, { ...report, headers });
console.log("proven POST /reports", answer.status, await answer.text());

// A service whose role is not on the list is not let in.
const stranger = createSignedFetch({
  url,
  enroll: { credentials: () => pools.credentials({ name: "stranger" }), region, stsEndpoint },
});
await stranger("/invoices", { method: "POST" }).catch((error: unknown) => {
  if (!(error instanceof ClientError)) throw error;
  console.log("stranger", error.status, error.code);
});
server.close();
