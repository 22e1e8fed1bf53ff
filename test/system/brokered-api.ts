import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import express from "express";
import { broker, createSessions, userPool } from "poolgate";
import { endpoints } from "poolgate/express";
import { type Pools, startPools } from "poolgate/testing";
import { type SigningGate, startSigningGate } from "./signing-gate.ts";
import type { TestCertificate } from "./test-certificate.ts";

/** An API for editors, whose broker answers on loopback with http, and for whoever trusts its certificate with https. */
export interface BrokeredApi {
  readonly pools: Pools;
  readonly gate: SigningGate;
  /** The broker's URL, with http and with https. */
  readonly loopbackUri: string;
  readonly httpsUri: string;
  /** The Authorization headers that the broker received, in order. */
  readonly received: (string | undefined)[];
  close(): Promise<void>;
}

/** What the API is made of. */
export interface BrokeredApiOptions {
  readonly service: string;
  readonly certificate: TestCertificate;
  /** Seconds that credentials live; an hour by default. */
  readonly credentialsSeconds?: number;
  /** The clock of the gate and of AWS. */
  readonly clock?: () => number;
}

const path = "/.well-known/poolgate/credentials";

/** Starts the API, and the pools behind it. */
export async function startBrokeredApi(options: BrokeredApiOptions): Promise<BrokeredApi> {
  const { service, certificate, credentialsSeconds = 3_600, clock = Date.now } = options;
  const roles = { editors: "ArticleEditor", reviewers: "Reviewer" };
  const pools = await startPools({ roles, credentialsSeconds, clock });
  const { region, userPoolId, clientId, jwks, identityPoolId } = pools;
  const sessions = createSessions({ service, region, clock });
  const brokered = broker({
    ...{ sessions, identityPoolId, customRoles: true, allowLoopbackHttp: true },
    userPool: userPool({ userPoolId, clientId, tokenUse: "id", jwks, clock }),
    endpoints: { identity: pools.endpoints.identity, sts: pools.endpoints.sts },
  });
  const received: (string | undefined)[] = [];
  const ahead = express()
    .use(path, (req, _res, next) => {
      received.push(req.headers.authorization);
      next();
    })
    .use(endpoints(brokered));
  const gate = await startSigningGate({
    ...{ sessions, ahead },
    application: (_req, res) => void res.json({ published: true }),
  });
  const secure = createServer(certificate, ahead);
  await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
  const { port } = secure.address() as AddressInfo;
  return {
    ...{ pools, gate, received },
    loopbackUri: `http://${gate.host}${path}`,
    httpsUri: `https://localhost:${port}${path}`,
    async close() {
      secure.closeAllConnections();
      await Promise.all([gate.close(), pools.close(), new Promise((resolve) => secure.close(resolve))]);
    },
  };
}
