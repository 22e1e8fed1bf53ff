import express from "express";
import { createPrincipal } from "poolgate";
import { endpoints } from "poolgate/express";
import { type BrokerCredentials, type Person, type Signer, signer } from "poolgate/testing";
import request from "supertest";
import { vi } from "vitest";
import { credentials, otherPools, pools, sessions } from "./gate.ts";

/** What a caller is about to send. */
export interface Sending {
  readonly method: string;
  readonly host: string;
  /** With the query, if there is one. */
  readonly target: string;
  readonly body: string | undefined;
}

/** Proves who he is, anew for each request: gives the headers to send, and what to add to the query. */
export type Caller = (sending: Sending) => Promise<Readonly<Record<string, string>>>;

const acme = { "custom:tenant": "acme" };
export const ada: Person = { name: "ada", groups: ["editors"], attributes: acme };
const adam: Person = { name: "adam", groups: ["admins", "editors"] };
const mallory: Person = { name: "mallory", groups: ["editors", "suspended"] };

const bearing =
  (token: string | (() => Promise<string>)): Caller =>
  async () => ({ authorization: `Bearer ${typeof token === "string" ? token : await token()}` });

let requests = 0;

const signing =
  (by: Signer, change: Partial<Sending> & { readonly date?: Date } = {}): Caller =>
  async (sending) => {
    const { target, body, method, host, date } = { ...sending, ...change };
    requests += 1;
    const headers = {
      // Signatures of one second over the same request would be replays.
      "x-request-number": String(requests),
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    const more = { ...(body !== undefined && { body }), ...(date !== undefined && { date }) };
    return by.sign({ method, host, path: target, headers, ...more });
  };

const brokerApp = express().use(endpoints(credentials));

/** Signs with credentials from the gate's own broker. */
function brokered(person: Person): Signer {
  // On a busy machine the exchange takes longer than a broker lets a client wait; whoever comes again joins it.
  const exchange = (idToken = ""): Promise<BrokerCredentials> =>
    vi.waitFor(async () => {
      const asked = request(brokerApp).get("/.well-known/poolgate/credentials").auth(idToken, { type: "bearer" });
      return (await asked.expect(200)).body;
    }, 30_000);
  return pools.signer(person, { service: "api.example.com", broker: exchange });
}

/** Signs as a role of which nothing more is known, as after an enrollment without a token. */
async function enrolled(name: string): Promise<Signer> {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = await pools.credentials({ name: "robot" });
  const arn = `arn:aws:sts::${pools.accountId}:assumed-role/${name}/robot`;
  const principal = createPrincipal({
    kind: "role",
    id: `role:${pools.accountId}/${name}`,
    issuer: pools.accountId,
    verifiedBy: "sessions.open",
    role: { arn, partition: "aws", account: pools.accountId, name, sessionName: "robot" },
  });
  const keys = { accessKeyId, secretAccessKey, sessionToken };
  await sessions.open({ ...keys, notAfter: expiration, principal });
  return signer({ credentials: keys, region: pools.region, service: "api.example.com" });
}

const editor = brokered(ada);
const token = pools.accessToken(ada);
const stranger = {
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey: "a/secret/that/nobody/has/given/out/0000",
  sessionToken: "none",
};

export const callers = {
  nobody: async () => ({}),
  "an editor": bearing(token),
  "an admin": bearing(pools.accessToken(adam)),
  "a suspended editor": bearing(pools.accessToken(mallory)),
  "a machine that may read reports": bearing(pools.machineToken({ scopes: ["reports/read"] })),
  "a machine without scopes": bearing(pools.machineToken()),
  "an editor with his ID token": bearing(pools.idToken(ada)),
  "an editor whose token has expired": bearing(pools.accessToken(ada, { expiresInSeconds: -60 })),
  "a forger who changed the claims": bearing(
    token.replace(/\.[^.]+\./, () => `.${pools.accessToken(adam).split(".")[1]}.`),
  ),
  "an editor of another pool": bearing(otherPools.accessToken(ada)),
  "an editor of another client": bearing(pools.accessToken(ada, { clientId: "another" })),
  "a guest of the identity pool": bearing(() => pools.openIdToken("guest")),
  "an editor with a token of the identity pool": bearing(() => pools.openIdToken(ada)),
  "somebody with a password": async () => ({ authorization: "Basic YWRhOnNlY3JldA==" }),
  "somebody with an empty token": async () => ({ authorization: "Bearer" }),
  "a signing editor": signing(editor),
  "a signing suspended editor": signing(brokered(mallory)),
  "an enrolled role of editors": signing(await enrolled("ArticleEditor")),
  "an enrolled role that is not listed": signing(await enrolled("Elsewhere")),
  "a signer without a session": signing(
    signer({ credentials: stranger, region: pools.region, service: "api.example.com" }),
  ),
  "a signer of another path": signing(editor, { target: "/comments" }),
  "a signer of another method": signing(editor, { method: "PUT" }),
  "a signer of another host": signing(editor, { host: "other.example.com" }),
  "a signer of an hour ago": signing(editor, { date: new Date(Date.now() - 3_600_000) }),
} satisfies Record<string, Caller>;
