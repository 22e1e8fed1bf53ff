import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import express from "express";
import {
  authenticated,
  createAuthorizer,
  createSessions,
  definePolicy,
  enrollment,
  type RoleMap,
  signedRequest,
} from "poolgate";
import { authorize, endpoints } from "poolgate/express";
import { startPools } from "poolgate/testing";

/** A page at one origin, and the API that it calls at another. */
export interface ForeignPage extends AsyncDisposable {
  readonly pageUrl: string;
  readonly apiUrl: string;
  /** What got past the gate. */
  readonly served: readonly string[];
}

const dist = fileURLToPath(new URL("../../dist", import.meta.url));

/** Starts both. The page holds credentials of an accepted role, and makes `globalThis.signedFetch`. */
export async function startForeignPage(): Promise<ForeignPage> {
  const pools = await startPools({ roles: { editors: "ArticleEditor" } });
  const { region } = pools;
  const api = await listen();
  const page = await listen();
  const served: string[] = [];
  const roles: RoleMap = { "123456789012/ArticleEditor": { groups: ["editors"] } };
  const sessions = createSessions({ service: "127.0.0.1", region });

  const apiApp = express();
  // What docs/client.md tells to allow, and no more.
  apiApp.use((req, res, next) => {
    res.set("access-control-allow-origin", page.origin);
    if (req.method !== "OPTIONS") return next();
    res.set("access-control-allow-methods", "GET, POST, PUT");
    const headers = ["authorization", "content-type", "x-amz-content-sha256", "x-amz-date", "x-amz-request-nonce"];
    res.set("access-control-allow-headers", [...headers, "x-amz-security-token"].join(", "));
    res.status(204).end();
  });
  const aws = { regions: [region], endpoints: { [region]: pools.endpoints.sts }, allowLoopbackHttp: true };
  apiApp.use(endpoints(enrollment({ sessions, roles, ...aws })));
  const verifier = signedRequest({ sessions, roles, hosts: [new URL(api.origin).host], requireContentType: true });
  const policy = definePolicy({ routes: { "* /echo": authenticated, "* /away": authenticated } });
  apiApp.use(authorize(createAuthorizer({ verifiers: [verifier], policy })));
  apiApp.use(express.raw({ type: () => true }));
  apiApp.all("/echo", (req, res) => {
    served.push(req.method);
    const length = Buffer.isBuffer(req.body) ? req.body.length : 0;
    res.type("text/plain").send(`${req.method} ${length} bytes ${req.get("content-type") ?? ""}`.trim());
  });
  apiApp.all("/away", (_req, res) => {
    served.push("away");
    res.redirect(307, "/echo");
  });
  api.serve(apiApp);

  const { accessKeyId, secretAccessKey, sessionToken } = await pools.credentials({ name: "ada", groups: ["editors"] });
  const options = {
    url: api.origin,
    enroll: { credentials: { accessKeyId, secretAccessKey, sessionToken }, region, stsEndpoint: pools.endpoints.sts },
  };
  const pageApp = express();
  pageApp.use("/modules/poolgate", express.static(dist));
  pageApp.get("/modules/aws4fetch.mjs", (_req, res) => {
    res.sendFile(fileURLToPath(new URL("../../node_modules/aws4fetch/dist/aws4fetch.esm.mjs", import.meta.url)));
  });
  pageApp.get("/", (_req, res) => {
    const imports = {
      "poolgate/client": "/modules/poolgate/client/index.js",
      aws4fetch: "/modules/aws4fetch.mjs",
    };
    res.type("html").send(`<script type="importmap">${JSON.stringify({ imports })}</script>
      <script type="module">
        import { createSignedFetch } from "poolgate/client";
        globalThis.signedFetch = createSignedFetch(${JSON.stringify(options)});
      </script>`);
  });
  page.serve(pageApp);
  return {
    pageUrl: `${page.origin}/`,
    apiUrl: api.origin,
    served,
    async [Symbol.asyncDispose]() {
      await Promise.all([api.close(), page.close(), pools.close()]);
    },
  };
}

async function listen() {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (listener: RequestListener) => void server.on("request", listener),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
