/**
 * A page that puts objects into storage by itself, with credentials from the gate's broker:
 * `npm run build && npx tsx examples/upload-to-storage/server.ts`.
 *
 * The bytes do not pass through the API, and the storage knows the user's role; there are no presigned URLs to hand out.
 */
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import express from "express";
import { broker, createSessions, userPool } from "poolgate";
import { endpoints } from "poolgate/express";
import { startPools } from "poolgate/testing";
import { createStorage, type IssuedCredentials } from "./storage.ts";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

async function listen() {
  const server = express().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const pools = await startPools({ authenticatedRole: "Uploader" });
const { region, userPoolId, clientId, identityPoolId, jwks } = pools;
const api = await listen();
const bucket = await listen();

// S3 knows whatever credentials AWS issues; this storage learns them by looking on where the broker asks for them.
const issued = new Map<string, IssuedCredentials>();
const watchedFetch: typeof fetch = async (input, init) => {
  const answer = await fetch(input, init);
  const { Credentials } = (await answer
    .clone()
    .json()
    .catch(() => ({}))) as { Credentials?: Readonly<Record<string, string>> };
  const { AccessKeyId: accessKeyId, SecretKey: secretAccessKey, SessionToken: sessionToken } = Credentials ?? {};
  if (accessKeyId !== undefined && secretAccessKey !== undefined && sessionToken !== undefined) {
    issued.set(accessKeyId, { accessKeyId, secretAccessKey, sessionToken });
  }
  return answer;
};

const storage = createStorage({
  region,
  origin: api.origin,
  prefix: "/uploads/",
  issued: (accessKeyId) => issued.get(accessKeyId),
});
bucket.server.removeAllListeners("request").on("request", storage.app);

const app = express();
const sessions = createSessions({ service: "127.0.0.1", region });
const id = userPool({ userPoolId, clientId, tokenUse: "id", jwks });
app.use(
  endpoints(
    broker({
      ...{ sessions, userPool: id, identityPoolId, fetch: watchedFetch, allowLoopbackHttp: true },
      endpoints: { identity: pools.endpoints.identity, sts: pools.endpoints.sts },
    }),
  ),
);
app.get("/", (_req, res) => res.sendFile(file("index.html")));
app.get("/page.js", (_req, res) => res.sendFile(file("page.js")));
app.use("/modules/poolgate", express.static(file("../../dist")));
app.get("/modules/aws4fetch.mjs", (_req, res) => res.sendFile(fileURLToPath(import.meta.resolve("aws4fetch"))));
app.get("/settings.json", (_req, res) => void res.json({ region, bucket: bucket.origin }));
app.post("/sign-in", (_req, res) => void res.send(pools.idToken({ name: "ada" })));
// What the storage holds, for whoever tries the example.
app.get("/stored", (_req, res) => {
  res.json(Object.fromEntries([...storage.objects].map(([key, bytes]) => [key, bytes.toString("utf8")])));
});
api.server.removeAllListeners("request").on("request", app);
console.log(`open ${api.origin}/`);
