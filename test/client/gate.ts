import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Express } from "express";
import {
  authenticated,
  broker,
  createAuthorizer,
  createSessions,
  definePolicy,
  group,
  type Sessions,
  signedRequest,
  userPool,
} from "poolgate";
import { authorize, endpoints, principalOf } from "poolgate/express";
import { type Pools, startPools } from "poolgate/testing";
import { patient } from "../sessions/patient-broker.ts";

/** The name that callers sign for. */
export const service = "articles.example.com";

/** A gate with a broker, and what happens behind it. */
export interface ClientGate extends AsyncDisposable {
  readonly pools: Pools;
  readonly sessions: Sessions;
  readonly url: string;
  /** The headers of each request to `/echo`, refused ones included. */
  readonly seen: readonly Readonly<Record<string, unknown>>[];
  /** Milliseconds by which the gate's clock is ahead. */
  ahead: number;
}

/** Starts a gate on loopback. `/echo` tells what arrived; editors alone may use `/articles`. */
export async function startGate(mount?: (app: Express, gate: ClientGate) => void): Promise<ClientGate> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const seen: Readonly<Record<string, unknown>>[] = [];
  const pools = await startPools({ roles: { editors: "ArticleEditor" }, guests: true, clock: () => now() });
  const sessions = createSessions({ service, region: pools.region, clock: () => now() });
  const gate: ClientGate = {
    ...{ pools, sessions, seen, url: `http://127.0.0.1:${port}`, ahead: 0 },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pools.close();
    },
  };
  const now = () => Date.now() + gate.ahead;

  const { userPoolId, clientId, identityPoolId, jwks } = pools;
  const id = userPool({ userPoolId, clientId, tokenUse: "id", jwks, clock: now });
  const authorizer = createAuthorizer({
    verifiers: [
      signedRequest({
        sessions,
        hosts: [`127.0.0.1:${port}`],
        requireContentType: true,
        roles: { "123456789012/ArticleEditor": { groups: ["editors"] }, "123456789012/Guest": { guest: true } },
      }),
    ],
    policy: definePolicy({
      routes: {
        "* /echo/**": authenticated,
        "* /echo": authenticated,
        "* /away": authenticated,
        "* /articles": group("editors"),
      },
    }),
  });
  const app = express();
  mount?.(app, gate);
  const aws = { identity: pools.endpoints.identity, sts: pools.endpoints.sts };
  app.use(
    endpoints(
      patient(
        broker({
          ...{ sessions, userPool: id, identityPoolId, guests: true, endpoints: aws, allowLoopbackHttp: true },
          customRoles: true,
          logins: ["accounts.google.com"],
          limits: { perSourcePerMinute: 6_000, perUserPerMinute: 6_000 },
        }),
      ),
    ),
  );
  app.use((req, _res, next) => {
    seen.push(req.headers);
    next();
  });
  app.use(authorize(authorizer));
  app.use(express.raw({ type: () => true }));
  app.all(["/echo", "/echo/*rest"], (req, res) => {
    const body = Buffer.isBuffer(req.body) ? req.body.toString("base64") : "";
    res.json({ by: principalOf(req).id, method: req.method, url: req.url, type: req.headers["content-type"], body });
  });
  app.all("/away", (_req, res) => res.redirect(307, "/echo"));
  app.all("/articles", (_req, res) => void res.status(201).end());
  server.on("request", app);
  return gate;
}
