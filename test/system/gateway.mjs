/**
 * One of the gateways that many-nodes.test.ts starts: a gate on one Redis, a process of its own, from the built package.
 *
 * It takes orders from its parent: `open`, `close` and `revoke` a session, `usage` of memory. Whatever is thrown and caught
 * by nobody is told to the parent, and ends the process.
 */
import { createServer } from "node:http";
import express from "express";
import { Redis } from "ioredis";
import {
  authenticated,
  closedGroups,
  createAuthorizer,
  createPrincipal,
  createSessions,
  definePolicy,
  enrollment,
  group,
  signedRequest,
} from "poolgate";
import { authorize, endpoints, principalOf } from "poolgate/express";
import { redisStore } from "poolgate/redis";
import { createClient } from "redis";

const {
  client: clientName,
  host,
  redis: redisAddress,
  sessions: sessionsOptions,
  verifier,
  enrollment: enrollmentOptions,
} = JSON.parse(process.argv[2] ?? "{}");

for (const event of ["unhandledRejection", "uncaughtException"]) {
  process.on(event, (fault) => {
    console.error(event, fault);
    process.exit(70);
  });
}

const clients = {
  async ioredis() {
    const client = new Redis({
      ...redisAddress,
      autoResendUnfulfilledCommands: false,
      retryStrategy: () => 100,
    });
    client.on("error", () => {});
    return client;
  },
  async redis() {
    const client = createClient({ socket: { ...redisAddress, reconnectStrategy: () => 100 } });
    client.on("error", () => {});
    return client.connect();
  },
};

const { sealing, ...limits } = sessionsOptions;
const keyOf = ({ id, key }) => ({ id, key: Buffer.from(key, "base64") });
const sessions = createSessions({
  ...limits,
  store: redisStore(await clients[clientName]()),
  ...(sealing && {
    sealing: { current: keyOf(sealing.current), ...(sealing.previous && { previous: keyOf(sealing.previous) }) },
  }),
});
const authorizer = createAuthorizer({
  verifiers: [signedRequest({ sessions, ...verifier })],
  policy: definePolicy({ routes: { "GET /articles/:id": authenticated, "POST /articles": group("editors") } }),
});

const app = express();
app.disable("x-powered-by");
app.use(endpoints(enrollment({ sessions, ...enrollmentOptions })));
app.use(authorize(authorizer));
// An application takes its time, so that requests are under way whenever something happens to the gateway.
app.use((request, response) => setTimeout(() => response.json({ by: principalOf(request).id }), 100));

const orders = {
  async open({ credentials, userId, groups, tags = [], notAfter }) {
    await sessions.open({
      ...credentials,
      principal: createPrincipal({
        kind: "user",
        id: `user:eu-west-1_Example01:${userId}`,
        issuer: "eu-west-1_Example01",
        verifiedBy: "sessions.open",
        userId,
        groups: closedGroups(groups),
        tags: new Map(tags),
      }),
      notAfter: new Date(notAfter),
      token: { sub: userId, iat: Math.floor(Date.now() / 1000), originJti: `origin-${userId}` },
    });
  },
  close: ({ accessKeyId }) => sessions.close(accessKeyId),
  revoke: (revocation) => sessions.revocations.revoke(revocation),
  usage: async () => process.memoryUsage(),
};

process.on("message", async ({ id, name, value }) => {
  try {
    process.send({ id, answer: await orders[name](value) });
  } catch (fault) {
    process.send({ id, fault: String(fault.code ?? fault.name), cause: String(fault.cause?.message ?? "") });
  }
});
process.on("disconnect", () => process.exit());

// The verifier asks for the list of revocations first where it keeps one.
await authorizer.ready();
const server = createServer({ keepAliveTimeout: 60_000 }, app).listen(0, host, () =>
  process.send({ port: server.address().port }),
);
