/**
 * An API and a page that calls it, signed in the browser: `npm run build && npx tsx examples/browser-page/server.ts`.
 *
 * The page imports poolgate/client and aws4fetch by an import map; nothing is bundled.
 */
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import express from "express";
import {
  authenticated,
  createAuthorizer,
  createSessions,
  definePolicy,
  enrollment,
  group,
  type RoleMap,
  signedRequest,
} from "poolgate";
import { authorize, endpoints, principalOf } from "poolgate/express";
import { startPools } from "poolgate/testing";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const pools = await startPools({ roles: { editors: "ArticleEditor" }, authenticatedRole: "ArticleReader" });
const { region, userPoolId, identityPoolId } = pools;
const server = express().listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const { port } = server.address() as AddressInfo;

const roles: RoleMap = {
  "123456789012/ArticleEditor": { groups: ["editors"] },
  "123456789012/ArticleReader": { groups: [] },
};
const sessions = createSessions({ service: "127.0.0.1", region });
const authorizer = createAuthorizer({
  verifiers: [signedRequest({ sessions, roles, hosts: [`127.0.0.1:${port}`] })],
  policy: definePolicy({
    routes: {
      "GET /articles/:id": authenticated,
      "POST /articles": group("editors"),
      "POST /articles/:id/cover": group("editors"),
    },
  }),
});

const app = express();

// The page, and the modules of its import map. Nothing here is secret.
app.get("/", (_req, res) => res.sendFile(file("index.html")));
app.get("/page.js", (_req, res) => res.sendFile(file("page.js")));
app.use("/modules/poolgate", express.static(file("../../dist")));
app.get("/modules/aws4fetch.mjs", (_req, res) => res.sendFile(fileURLToPath(import.meta.resolve("aws4fetch"))));

// Stands in for Cognito, which a page calls directly: the sign-in, and the identity pool.
app.get("/settings.json", (_req, res) => {
  const loginProvider = `cognito-idp.${region}.amazonaws.com/${userPoolId}`;
  res.json({ region, identityPoolId, loginProvider, identityEndpoint: "/cognito", stsEndpoint: pools.endpoints.sts });
});
app.post("/sign-in/:name", (req, res) => {
  const { name } = req.params;
  res.send(pools.idToken({ name, groups: name === "ada" ? ["editors"] : [] }));
});
app.post("/cognito", express.text({ type: () => true }), async (req, res) => {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": req.get("x-amz-target") ?? "" };
  const answer = await fetch(pools.endpoints.identity, { method: "POST", headers, body: req.body });
  res
    .status(answer.status)
    .type("json")
    .send(await answer.text());
});

// The API.
const proofs = { sessions, roles, regions: [region], endpoints: { [region]: pools.endpoints.sts } };
app.use(endpoints(enrollment({ ...proofs, allowLoopbackHttp: true })));
app.use(authorize(authorizer));
app.get("/articles/:id", (req, res) => res.json({ id: req.params.id, by: principalOf(req).id }));
app.post("/articles", express.json(), (req, res) => res.status(201).json({ by: principalOf(req).id, ...req.body }));
app.post("/articles/:id/cover", express.raw({ type: "multipart/form-data" }), (req, res) => {
  res.status(201).json({ by: principalOf(req).id, bytes: req.body.length });
});
server.removeAllListeners("request").on("request", app);
console.log(`open http://127.0.0.1:${port}/`);
