import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type RequestHandler } from "express";
import {
  createAuthorizer,
  definePolicy,
  group,
  type Sessions,
  type SignedRequestOptions,
  signedRequest,
} from "poolgate";
import { authorize, type GateOptions } from "poolgate/express";
import { startTamperingProxy, type TamperingProxy } from "./tampering-proxy.ts";

/** A gate for signed requests that really listens, and a proxy ahead of it. */
export interface SigningGate {
  readonly host: string;
  readonly proxy: TamperingProxy;
  /** What became of each request so far: "allowed", or status and code. */
  readonly outcomes: string[];
  close(): Promise<void>;
}

/** What the gate is made of. */
export interface SigningGateOptions {
  readonly sessions: Sessions;
  /** The application behind the gate. */
  readonly application: RequestHandler;
  /** Middleware ahead of the gate. */
  readonly ahead?: RequestHandler;
  /** What `signedRequest` is given beside the sessions; the hosts of gate and proxy by default. */
  readonly verifier?: Partial<SignedRequestOptions>;
  readonly gate?: GateOptions;
}

/** Starts a gate that lets editors do everything, on Express 5. */
export async function startSigningGate(options: SigningGateOptions): Promise<SigningGate> {
  const { sessions, application, ahead, verifier, gate } = options;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  const proxy = await startTamperingProxy(port);
  const outcomes: string[] = [];
  const authorizer = createAuthorizer({
    verifiers: [signedRequest({ sessions, hosts: [host, proxy.host], ...verifier })],
    policy: definePolicy({ routes: { "* /**": group("editors") } }),
    onDecision(decision) {
      outcomes.push(decision.allowed ? "allowed" : `${decision.error.status} ${decision.error.code}`);
    },
  });
  const app = express();
  if (ahead !== undefined) app.use(ahead);
  app.use(authorize(authorizer, gate));
  app.use(application);
  server.on("request", app);
  return {
    host,
    proxy,
    outcomes,
    async close() {
      await proxy.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
