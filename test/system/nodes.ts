import { randomBytes, randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { type Pools, type SigningCredentials, startPools } from "poolgate/testing";
import { type RedisServer, startRedis } from "./redis-server.ts";
import { createSender, drawCredentials, type Outcome, type Sender, type Signed, signWrite } from "./signed-load.ts";
import { type Gateway, type GatewayOptions, startGateway } from "./start-gateway.ts";

/** Who may sign, and whose session it is. */
export interface Caller {
  readonly credentials: SigningCredentials;
  readonly userId: string;
}

/** Two gateways on one Redis that appends to a file, the one over ioredis, the other over redis. */
export interface Nodes {
  readonly redis: RedisServer;
  /** The STS that both ask when callers enroll. Of its roles both know `ArticleEditor`. */
  readonly pools: Pools;
  /** The test's own way to Redis. */
  readonly client: Redis;
  readonly sender: Sender;
  readonly a: Gateway;
  readonly b: Gateway;
  /** Starts a gateway that seals with a key of its own. */
  stranger(): Promise<Gateway>;
  /** Ends all of it, and gives back what the gateways complained about: nothing, whatever happened to Redis. */
  close(): Promise<readonly string[]>;
}

/** How long a gateway goes on with what it knows of a session, in seconds. */
export const cacheSeconds = 3;
/** How long it goes on with what it knows of revocations, in seconds. */
export const revocationSeconds = 3;

/** Starts the nodes. */
export async function startNodes(): Promise<Nodes> {
  const gateways: Gateway[] = [];
  const keyOf = () => ({ current: { id: "2026-01", key: randomBytes(32).toString("base64") } });
  const sealing = keyOf();
  const [redis, pools] = await Promise.all([
    startRedis({ appendOnly: true }),
    startPools({ roles: { editors: "ArticleEditor", strangers: "Stranger" } }),
  ]);
  const roles = { [`${pools.accountId}/ArticleEditor`]: { groups: ["editors"] } };
  const client = new Redis({
    ...redis.address,
    retryStrategy: () => 50,
    maxRetriesPerRequest: null,
  });
  client.on("error", () => {});
  const sender = createSender();

  async function begin(name: GatewayOptions["client"], sessions: GatewayOptions["sessions"]): Promise<Gateway> {
    const gateway = await startGateway({
      client: name,
      redis: redis.address,
      sessions: {
        ...{ service: "api.example.com", region: "eu-west-1", cacheSeconds, revocationSeconds },
        ...sessions,
      },
      verifier: { replayProtection: "unsafe-methods", roles },
      enrollment: {
        ...{ roles, modes: ["virtual", "derived"], regions: [pools.region] },
        ...{ endpoints: { [pools.region]: pools.endpoints.sts }, allowLoopbackHttp: true },
      },
    });
    gateways.push(gateway);
    return gateway;
  }

  async function close(): Promise<readonly string[]> {
    const complaints = gateways.map((gateway) => gateway.stderr()).filter((text) => text !== "");
    sender.close();
    client.disconnect();
    redis.resume();
    await Promise.all(gateways.map((gateway) => gateway.kill()));
    await Promise.all([redis.close(), pools.close()]);
    return complaints;
  }

  try {
    const [a, b] = await Promise.all([begin("ioredis", { sealing }), begin("redis", { sealing })]);
    return {
      redis,
      pools,
      client,
      sender,
      a,
      b,
      stranger: () => begin("ioredis", { sealing: keyOf() }),
      close,
    };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** Opens a session of an editor through a gateway. */
export async function open(gateway: Gateway): Promise<Caller> {
  const caller = { credentials: drawCredentials(), userId: randomUUID() };
  await gateway.order("open", {
    ...caller,
    groups: ["editors"],
    tags: [["tenant", "tenant-of-secrets"]],
    notAfter: Date.now() + 3_600_000,
  });
  return caller;
}

/** Opens many. */
export const openMany = (gateway: Gateway, count: number): Promise<Caller[]> =>
  severalAtOnce(Array.from({ length: count }), () => open(gateway));

/** Does something with each item, and with so few at once that a slow machine is done with them before a store is given up. */
export async function severalAtOnce<Item, Done>(
  items: readonly Item[],
  work: (item: Item) => Promise<Done>,
): Promise<Done[]> {
  const done: Done[] = [];
  for (let at = 0; at < items.length; at += 20) done.push(...(await Promise.all(items.slice(at, at + 20).map(work))));
  return done;
}

/** "200", or status and code, or the code of the connection's fault. */
export const said = ({ status, code }: Outcome): string =>
  [status, code].filter((part) => part !== undefined).join(" ");

/**
 * Waits until both gateways let a write through again, and says how many milliseconds that took.
 *
 * @throws Error after half a minute.
 */
export async function recovery(nodes: Nodes, { credentials }: Caller): Promise<number> {
  const begun = Date.now();
  for (const gateway of [nodes.a, nodes.b]) {
    for (let last = ""; last !== "200"; last = await asked(nodes, gateway, signWrite(credentials))) {
      if (Date.now() - begun > 30_000) throw new Error(`a gateway still answers ${last}`);
    }
  }
  return Date.now() - begun;
}

/** Sends a request to a gateway, and says what came of it. */
export const asked = async ({ sender }: Nodes, gateway: Gateway, signed: Signed): Promise<string> =>
  said(await sender.send(gateway.port, signed));
