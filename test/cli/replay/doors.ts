import express from "express";
import { buildSchema } from "graphql";
import { authorize } from "../../../src/adapters/express/index.ts";
import { appsyncAuthorizer, guardOperation } from "../../../src/adapters/graphql/index.ts";
import { guardResolver, webSocketAuthorizer } from "../../../src/adapters/lambda/index.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import type { Decision } from "../../../src/decision.ts";
import { decisionLog } from "../../../src/observe/decision-log.ts";
import type { DecisionLogOptions } from "../../../src/observe/decision-log-options.ts";
import type { LoggedDecision } from "../../../src/observe/logged-decision.ts";
import { definePolicy, type Policy } from "../../../src/policy/define-policy.ts";
import type { FieldName } from "../../../src/policy/field-key.ts";
import type { Rule } from "../../../src/policy/rule.ts";
import { anonymous, closedGroups, createPrincipal, openGroups, type Principal } from "../../../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../../../src/request.ts";
import { listen } from "../../adapters/express/listen.ts";
import { appSyncAuthorizer } from "../../fixtures/appsync-authorizer.ts";
import { webSocketAuthorizer as socketEvent } from "../../fixtures/websocket.ts";

/** The time of all decisions. */
const now = Date.UTC(2026, 0, 2);

export const callers = {
  ada: createPrincipal({
    ...{ kind: "user", id: "user:pool:ada", issuer: "pool", verifiedBy: "user-pool", userId: "ada", clientId: "web" },
    groups: closedGroups(["editors"]),
    scopes: new Set(["articles/read"]),
    claims: { plan: "pro" },
    authenticatedAt: new Date(now - 600_000),
  }),
  /** Signs his requests, but no header of his own. */
  batch: createPrincipal({
    ...{ kind: "role", id: "role:123456789012/Batch", issuer: "123456789012", verifiedBy: "signed-request" },
    groups: openGroups(["editors"]),
  }),
  visitor: createPrincipal({
    ...{ kind: "guest", id: "guest:eu-west-1:1", issuer: "eu-west-1:pool", verifiedBy: "identity-pool-token" },
    groups: closedGroups(),
  }),
  anonymous,
} as const satisfies Readonly<Record<string, Principal>>;

const sdl = `
  type Query { me: User, articles: [Article], health: Boolean }
  type Mutation { rename: Article, ping: Ping, deleteUser: User }
  type Subscription { onUser: User }
  type Ping { query: Query }
  type User { id: ID, email: String, salary: Int }
  type Article { title: String, author: User }
`;

/** Ways to ask. */
export type DoorName =
  | "authorize"
  | "guardResolver"
  | "guardOperation"
  | "appsyncAuthorizer"
  | "appsyncAuthorizer without a schema"
  | "appsyncAuthorizer with other roots"
  | "webSocketAuthorizer"
  | "appsyncAuthorizer, a connection";

/** What somebody asks for; which part counts is for the door to say. */
export interface Asking {
  readonly caller: keyof typeof callers;
  readonly document?: string;
  readonly fields?: readonly [FieldName, ...FieldName[]];
  readonly nested?: readonly FieldName[];
  readonly guard?: { readonly rule: Rule; readonly params?: Readonly<Record<string, unknown>> };
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** Gates of all kinds, of which the policy is exchanged from call to call. */
export interface Doors {
  /** The line that a gate logs; undefined where it comes to no decision by fields or `connect`. */
  lineBy(
    policy: Policy,
    door: DoorName,
    asking: Asking,
    options?: Partial<DecisionLogOptions>,
  ): Promise<LoggedDecision | undefined>;
}

/** Makes the gates, for the length of a test. */
export async function openDoors(): Promise<Doors> {
  const start = definePolicy({ routes: { "POST /graphql": "anyone" }, fields: { "*": "anyone" }, connect: "anyone" });
  let live = start;
  let onDecision: (decision: Decision, request: AuthRequest) => void = () => {};
  const authorizer = createAuthorizer({
    verifiers: [
      {
        scheme: "Bearer",
        detects: ({ headers }) => headers.all("authorization").length > 0,
        async verify({ headers }) {
          const name = headers.get("authorization")?.slice("Bearer ".length) as Asking["caller"];
          return { principal: callers[name], ...(name === "batch" && { signedHeaders: new Set<string>() }) };
        },
      },
    ],
    policy: {
      ...start,
      get current() {
        return live;
      },
    },
    clock: () => now,
    onDecision: (decision, request) => onDecision(decision, request),
  });

  const renamed = `schema { query: Reads mutation: Mutation subscription: Subscription } ${sdl.replaceAll("Query", "Reads")}`;
  const schema = buildSchema(sdl);
  const asked = new Map([
    ["appsyncAuthorizer", appsyncAuthorizer(authorizer, { schema: sdl })],
    ["appsyncAuthorizer without a schema", appsyncAuthorizer(authorizer)],
    ["appsyncAuthorizer with other roots", appsyncAuthorizer(authorizer, { schema: renamed })],
  ]);
  const connecting = appsyncAuthorizer(authorizer);
  const socket = webSocketAuthorizer(authorizer);
  const resolver = guardResolver(authorizer, () => undefined);
  const operation = guardOperation(authorizer, { schema });
  const app = express();
  app.post("/graphql", authorize(authorizer), (req, res, next) => {
    operation(req, { document: decodeURIComponent(req.get("x-document") ?? "") }).then(() => res.end(), next);
  });
  const { url } = await listen(app);

  async function knock(door: DoorName, asking: Asking) {
    const { caller, document = "", fields, nested, guard, headers = {}, query = {} } = asking;
    const credential = caller === "anonymous" ? {} : { authorization: `Bearer ${caller}` };
    const all: Readonly<Record<string, string>> = { ...headers, ...credential };
    const appSync = (operationName: string | null) => ({
      authorizationToken: caller === "anonymous" ? "" : caller,
      requestContext: { ...appSyncAuthorizer.requestContext, queryString: document, operationName },
      requestHeaders: headers,
    });
    if (door === "authorize") {
      const request = {
        ...{ method: "POST", target: "/graphql?lang=en", wire: true, remoteAddress: "192.0.2.7" },
        headers: new RequestHeaders(Object.entries(all).flat()),
      };
      const subject = { ...(fields !== undefined && { fields }), ...(nested !== undefined && { nested }) };
      await authorizer.authorize(request, { ...subject, ...guard });
    } else if (door === "guardResolver") {
      const [parentTypeName = "", fieldName = ""] = fields?.[0].split(".") ?? [];
      await resolver({ request: { headers: all }, info: { parentTypeName, fieldName } }, {});
    } else if (door === "guardOperation") {
      await fetch(`${url}/graphql`, {
        method: "POST",
        headers: { ...all, "x-document": encodeURIComponent(document) },
      });
    } else if (door === "webSocketAuthorizer") {
      const multiValueHeaders = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]]));
      const multiValueQueryStringParameters = Object.fromEntries(
        Object.entries(query).map(([name, value]) => [name, [value]]),
      );
      const maps = { queryStringParameters: query, multiValueQueryStringParameters };
      await socket({ ...socketEvent, headers: all, multiValueHeaders, ...maps });
    } else if (door === "appsyncAuthorizer, a connection") {
      const { requestContext, ...event } = appSync("DeepDish:Connect");
      await connecting({ ...event, requestContext: { ...requestContext, queryString: "" } });
    } else await asked.get(door)?.(appSync(null));
  }

  return {
    async lineBy(policy, door, asking, options = {}) {
      let text = "";
      const log = decisionLog({
        write(chunk) {
          text += chunk;
        },
        clock: () => now,
        ...options,
      });
      live = policy;
      onDecision = log.onDecision;
      // A refusal is thrown by some of them; the log has it.
      await knock(door, asking).catch(() => {});
      await log.flush();
      const lines = text.split("\n").slice(0, -1);
      // In Express the route is judged ahead, of all callers alike.
      return lines.map((line): LoggedDecision => JSON.parse(line)).find(({ route }) => route !== "POST /graphql");
    },
  };
}
