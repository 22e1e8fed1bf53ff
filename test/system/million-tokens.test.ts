import { hash } from "node:crypto";
import { Agent, createServer, type IncomingMessage, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { anyOf, authenticated, bearer, createAuthorizer, definePolicy, guest } from "poolgate";
import { authorize, principalOf } from "poolgate/express";
import { lambdaAuthorizer } from "poolgate/lambda";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RequestHeaders } from "../../src/request.ts";
import { httpAuthorizerEvent } from "../adapters/lambda/events.ts";
import { firstSeed } from "../first-seed.ts";
import { header as albHeader } from "../tokens/alb-fixtures.ts";
import { everyIssuer, everyKind, type KindOfToken } from "../tokens/every-issuer.ts";
import { createForeignKey } from "../tokens/foreign-key.ts";
import { now, seconds } from "../tokens/token-fixtures.ts";
import { type BearerRequest, bearerMutations } from "./bearer-mutations.ts";
import { Choices } from "./choices.ts";
import type { GoodToken, Members } from "./good-token.ts";
import { strayed, tokenMutations } from "./token-mutations.ts";

const wanted = 1_000_000;
const goodOfEachKind = 24;
/** What takes a millisecond and more to verify is seen less often. */
const goodOfSlowKind = 2;
const slow: ReadonlySet<unknown> = new Set(["ES384", "ES512"]);
/** The codes by which a token, or the lack of one, is refused. */
const refusals: ReadonlySet<unknown> = new Set([
  ...["invalid_token", "token_expired", "no_credentials", "unsupported_scheme"],
  ...["malformed_credentials", "ambiguous_credentials"],
]);
/** Of so many mutations one goes over HTTP, and one to the handler of Lambda. */
const [everyHttp, everyLambda] = [40, 10];
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** What becomes of a request: the id of whom it lets in, or the code of the refusal. */
interface Outcome {
  readonly allowed?: unknown;
  readonly code?: unknown;
}

type Door = (request: BearerRequest) => Promise<Outcome>;

const policy = definePolicy({ routes: { "GET /articles": anyOf(authenticated, guest) } });
const authorizer = createAuthorizer({ verifiers: [bearer({ issuers: everyIssuer, clock: () => now })], policy });
const unhandled: unknown[] = [];
const note = (fault: unknown) => void unhandled.push(fault);

const app = express();
app.use(authorize(authorizer));
app.get("/articles", (req, res) => res.json({ allowed: principalOf(req).id }));
const server = createServer(app);
// The client may pause for longer between two requests than a server keeps a connection.
server.keepAliveTimeout = 0;
let port: number;

const { stackTraceLimit } = Error;

beforeAll(async () => {
  // A trace costs as much as the rest of a cheap refusal, and nobody reads it here.
  Error.stackTraceLimit = 0;
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  Error.stackTraceLimit = stackTraceLimit;
  process.off("unhandledRejection", note);
  process.off("uncaughtException", note);
  agent.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const direct: Door = async ({ headers, query = "" }) => {
  const target = `/articles${query}`;
  const decision = await authorizer.authorize({
    method: "GET",
    target,
    wire: true,
    headers: new RequestHeaders(headers),
  });
  return decision.allowed ? { allowed: decision.principal.id } : { code: decision.error.code };
};

const handler = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
const lambda: Door = async (request) => {
  const headers: Record<string, string> = {};
  // API Gateway writes names in lower case, and joins what has the same.
  for (const [name, value] of pairs(request)) {
    const lower = name.toLowerCase();
    headers[lower] = headers[lower] === undefined ? value : `${headers[lower]},${value}`;
  }
  const { isAuthorized, context } = await handler(httpAuthorizerEvent({ headers }));
  return isAuthorized ? { allowed: context.principalId } : { code: context.code };
};

const http: Door = async ({ headers, query = "" }) => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const raw = ["Host", "api.example.com", ...headers];
    send({ port, host: "127.0.0.1", agent, path: `/articles${query}`, headers: raw }, resolve)
      .on("error", reject)
      .end();
  });
  let text = "";
  for await (const chunk of response) text += chunk;
  const answer = JSON.parse(text) as Outcome;
  const refused = response.statusCode === 400 || response.statusCode === 401;
  return response.statusCode === 200 || refused ? answer : { code: response.statusCode };
};

function pairs({ headers }: BearerRequest): readonly (readonly [name: string, value: string])[] {
  return headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] as string] as const] : []));
}

/** Whether Node's client sends it; a field-value has no other characters (RFC 9110 Section 5.5). */
function sendable(request: BearerRequest): boolean {
  return pairs(request).every(
    ([name, value]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value),
  );
}

async function goodTokens(kind: KindOfToken): Promise<readonly GoodToken[]> {
  const { key, caller, bring } = kind;
  const stranger = createForeignKey(key.jwk.alg as "RS256", key.jwk.kid);
  const { publicKey, jwk } = key;
  const pem = publicKey.export({ format: "pem", type: "spki" });
  const secrets = [pem, publicKey.export({ format: "der", type: "spki" }), JSON.stringify(jwk), String(jwk.kid), ""];
  return Promise.all(
    Array.from({ length: slow.has(key.jwk.alg) ? goodOfSlowKind : goodOfEachKind }, async (_, at) => {
      const raw = await kind.writer(key).sign(kind.claims({ jti: `${at}-of-them`, iat: seconds - at }));
      const claims = JSON.parse(Buffer.from(raw.split(".")[1] as string, "base64url").toString()) as Members;
      return { raw, key, stranger, secrets, claims, caller, bring };
    }),
  );
}

/**
 * Whom a request lets in after all, since it brings a good token as it should be brought; undefined where it does not. Names of
 * headers and the scheme have no case (RFC 9110 Sections 5.1 and 11.1), and a parser of HTTP takes the blanks off around a value
 * (Section 5.5).
 *
 * @param good the caller by what brings his token, see {@link credentialOf}.
 */
function broughtBy(request: BearerRequest, good: ReadonlyMap<string, string>, trimmed: boolean): string | undefined {
  const [found, ...others] = pairs(request).filter(([name]) => /^(?:authorization|x-amzn-oidc-data)$/i.test(name));
  if (found === undefined || others.length > 0) return undefined;
  const [name, value] = found;
  return good.get(credentialOf([name, trimmed ? value.replace(/^[\t ]+|[\t ]+$/g, "") : value]));
}

/** A header that brings a token, in one spelling. */
function credentialOf([name, value]: readonly [name: string, value: string]): string {
  return `${name.toLowerCase()}: ${value.replace(/^bearer /i, "Bearer ")}`;
}

/** What brings a good token. Padding of the signature, which is not signed, is of no account where no other part can have any. */
function goodCredentials({ raw, bring }: GoodToken): readonly string[] {
  const aligned = raw.split(".", 2).every((part) => part.length % 4 === 0 && !part.endsWith("="));
  const other = raw.endsWith("=") ? raw.replace(/=+$/, "") : `${raw}==`;
  const ofLoadBalancer = bring("")[0] === albHeader;
  return [raw, ...(aligned && ofLoadBalancer ? [other] : [])].map((token) => credentialOf(bring(token)));
}

/** The names of the classes, each as often as it is to be chosen beside the others. */
const classes: readonly string[] = [
  ...Object.entries<readonly [weight: number, mutation: unknown]>(tokenMutations),
  ...Object.entries(bearerMutations),
].flatMap(([name, [weight]]) => Array.from({ length: weight }, () => name));

function mutate(name: string, good: readonly GoodToken[], choices: Choices): BearerRequest {
  const token = choices.pick(good);
  const around = bearerMutations[name];
  if (around !== undefined) return around[1](token, choices, good);
  let raw = tokenMutations[name]?.[1](token, choices, good) ?? token.raw;
  // One more on top of the first.
  if (choices.chance(12)) raw = strayed(raw, choices);
  return { headers: token.bring(raw) };
}

it("lets nobody in by a million mutated tokens, and answers each with a refusal", async () => {
  const choices = new Choices(firstSeed);
  const good = (await Promise.all(everyKind.map(goodTokens))).flat();
  const callers = new Map(good.flatMap((token) => goodCredentials(token).map((brought) => [brought, token.caller])));
  const tried = new Set<number>();
  const seen = new Map(classes.map((name) => [name, 0]));
  const passed = new Map<Door, number>();
  const codes = new Set<unknown>();
  let genuine = 0;

  async function judge(door: Door, name: string, request: BearerRequest, rightful: string | undefined): Promise<void> {
    const outcome = await door(request);
    if (rightful === undefined ? refusals.has(outcome.code) : outcome.allowed === rightful) {
      codes.add(outcome.code);
      return;
    }
    const expected = rightful === undefined ? "a refusal" : rightful;
    throw new Error(
      `seed ${firstSeed}, ${name}: ${JSON.stringify(outcome)} for ${expected}: ${JSON.stringify(request)}`,
    );
  }

  const waiting: Promise<void>[] = [];
  for (let round = 0; tried.size < wanted; round += 1) {
    const name = choices.pick(classes);
    const request = mutate(name, good, choices);
    const overHttp = round % everyHttp === 0 && sendable(request);
    const door = overHttp ? http : round % everyLambda === 1 ? lambda : direct;
    const rightful = broughtBy(request, callers, overHttp);
    if (rightful === undefined) {
      const digest = hash("sha1", request.headers.join("\n") + request.query, "buffer").readUIntBE(0, 6);
      if (tried.has(digest)) continue;
      tried.add(digest);
      seen.set(name, (seen.get(name) ?? 0) + 1);
      passed.set(door, (passed.get(door) ?? 0) + 1);
    } else {
      genuine += 1;
    }
    const judged = judge(door, name, request, rightful);
    if (!overHttp) await judged;
    else if (waiting.push(judged) === 64) await Promise.all(waiting.splice(0));
  }
  await Promise.all(waiting);

  expect(unhandled).toEqual([]);
  expect([...seen].filter(([, times]) => times < wanted / 500)).toEqual([]);
  expect(passed.get(http)).toBeGreaterThan(wanted / 60);
  expect(passed.get(lambda)).toBeGreaterThan(wanted / 20);
  expect(genuine).toBeGreaterThan(wanted / 200);
  expect([...refusals].filter((code) => !codes.has(code))).toEqual([]);
});
