/** Runs `call-api.sh` against an API on this machine; Cognito and STS are stand-ins. It needs `aws` and `curl`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import express from "express";
import {
  authenticated,
  broker,
  createAuthorizer,
  createSessions,
  definePolicy,
  group,
  signedRequest,
  userPool,
} from "poolgate";
import { authorize, endpoints, principalOf } from "poolgate/express";
import { startPools } from "poolgate/testing";

await using pools = await startPools({ roles: { editors: "ArticleEditor" } });
const { region, userPoolId, clientId, identityPoolId, jwks } = pools;
const service = "articles.example.com";

const app = express();
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

const sessions = createSessions({ service, region });
const credentials = broker({
  sessions,
  userPool: userPool({ userPoolId, clientId, tokenUse: "id", jwks }),
  identityPoolId,
  endpoints: { identity: pools.endpoints.identity, sts: pools.endpoints.sts },
  allowLoopbackHttp: true,
});
const authorizer = createAuthorizer({
  verifiers: [signedRequest({ sessions, hosts: [host] })],
  policy: definePolicy({ routes: { "GET /articles/:id": authenticated, "POST /articles": group("editors") } }),
});
await Promise.all([credentials.ready(), authorizer.ready()]);
app.use(endpoints(credentials));
app.use(authorize(authorizer));
app.use(express.json());
app.get("/articles/:id", (req, res) => void res.json({ id: req.params.id, reader: principalOf(req).kind }));
app.post(
  "/articles",
  (req, res) => void res.status(201).json({ article: req.body, role: principalOf(req).role?.name }),
);

const folder = await mkdtemp(join(tmpdir(), "aws-cli-"));
try {
  const tokenFile = join(folder, "id-token");
  await writeFile(tokenFile, pools.idToken({ name: "ada", groups: ["editors"] }), { mode: 0o600 });
  const script = fileURLToPath(new URL("call-api.sh", import.meta.url));
  const settings = { API: `http://${host}`, SERVICE: service, REGION: region, TOKEN_FILE: tokenFile };
  const env = { PATH: process.env.PATH, STS: pools.endpoints.sts, ...settings };
  const [status] = await once(spawn(script, { env, stdio: "inherit" }), "exit");
  process.exitCode = status;
} finally {
  await rm(folder, { recursive: true });
  server.close();
}
