/** Who may edit and move articles is said in Amazon Verified Permissions, of which a stand-in answers here. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { VerifiedPermissionsClient } from "@aws-sdk/client-verifiedpermissions";
import express from "express";
import { allOf, authenticated, bearer, createAuthorizer, definePolicy, delegate, param, userPool } from "poolgate";
import { authorize } from "poolgate/express";
import { startPools } from "poolgate/testing";
import { verifiedPermissionsEngine } from "poolgate/verified-permissions";

await using pools = await startPools();

/** The stand-in: it allows editors everything, as one policy would. In your own code leave it out, and `endpoint` with it. */
interface Asked {
  readonly entities: { readonly entityList: readonly { readonly parents: readonly { readonly entityId: string }[] }[] };
  readonly requests?: readonly object[];
}
const store = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { entities, requests }: Asked = JSON.parse(Buffer.concat(chunks).toString());
  console.log("asked for", String(request.headers["x-amz-target"]).split(".")[1]);
  const editing = entities.entityList[0]?.parents.some(({ entityId }) => entityId === "editors");
  const answer = editing
    ? { decision: "ALLOW", determiningPolicies: [{ policyId: "SPEXAMPLEeditors" }], errors: [] }
    : { decision: "DENY", determiningPolicies: [], errors: [] };
  const body = requests === undefined ? answer : { results: requests.map((asked) => ({ request: asked, ...answer })) };
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
});
await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));

const client = new VerifiedPermissionsClient({
  region: "eu-west-1",
  endpoint: `http://127.0.0.1:${(store.address() as AddressInfo).port}`,
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
});

const permissions = verifiedPermissionsEngine({
  client,
  policyStoreId: "PSEXAMPLEabcdefg111111",
  namespace: "Api",
  attributes: ["tags"],
  timeoutSeconds: 10,
});
const may = (action: string) =>
  delegate("permissions", { action, resourceType: "Api::Article", resourceId: param("id") });

const policy = definePolicy(
  {
    require: authenticated,
    routes: {
      "PUT /articles/:id": may("write"),
      // Both are asked in one call.
      "POST /articles/:id/move": allOf(may("remove"), may("add")),
    },
  },
  { engines: { permissions } },
);

const access = userPool({
  userPoolId: pools.userPoolId,
  clientId: pools.clientId,
  tokenUse: "access",
  jwks: pools.jwks,
});
const app = express();
app.use(authorize(createAuthorizer({ verifiers: [bearer({ issuers: [access] })], policy })));
app.all("/{*path}", (_req, res) => void res.sendStatus(204));
const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const show = async (label: string, method: string, path: string, groups: readonly string[] = []) => {
  const headers = { authorization: `Bearer ${pools.accessToken({ name: label, groups })}` };
  const { status } = await fetch(origin + path, { method, headers });
  console.log(label, method, path, status);
};
await show("ada", "PUT", "/articles/7", ["editors"]);
await show("rob", "PUT", "/articles/7");
await show("ada", "POST", "/articles/7/move", ["editors"]);
await show("rob", "POST", "/articles/7/move");
store.closeAllConnections();
await new Promise((resolve) => store.close(resolve));
await show("while it is down", "PUT", "/articles/7", ["editors"]);
client.destroy();
server.close();
