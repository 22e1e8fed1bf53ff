import { createHash } from "node:crypto";
import { type Answer, jsonAnswer, problemAnswer } from "../answer.ts";
import { withDeadline } from "../deadline.ts";
import type { Endpoint } from "../endpoint.ts";
import { AuthError, toAuthError } from "../errors.ts";
import type { AuthRequest } from "../request.ts";
import { type BrokerOptions, readBrokerOptions } from "./broker-options.ts";
import { type ContainerCredentials, type ExchangeWishes, exchange } from "./exchange.ts";
import { readFurtherLogins } from "./further-logins.ts";
import { createRateLimit } from "./rate-limit.ts";
import { refuseRevoked } from "./refuse-revoked.ts";
import { readRoleChoice } from "./role-choice.ts";
import { sourceOf } from "./source-of.ts";
import { readTokenHolder, type TokenHolder } from "./token-holder.ts";

const methods: readonly string[] = Object.freeze(["GET", "POST"]);
/** Clients give up after 2 seconds (botocore); the answer that they should come again must be there before. */
const answerWithin = 1_500;
/** The most exchanges at a time, so that a slow AWS fills no memory. */
const maxExchanges = 256;

/** The endpoint that {@link broker} makes. */
export interface Broker extends Endpoint {
  /**
   * Resolves when the keys of the user pool are there, the session store can be reached and what the flow needs is loaded.
   *
   * @throws AuthError `keys_unavailable` or `store_unavailable`
   * @throws ConfigurationError where the classic flow is chosen and `@aws-sdk/client-sts` is not installed.
   */
  ready(): Promise<void>;
}

/**
 * Exchanges ID tokens of a user pool for credentials of an identity pool, and opens the sessions by which `signedRequest`
 * verifies what is signed with them.
 *
 * It answers as a container credentials endpoint does, so that SDKs of AWS use and refresh the credentials by themselves,
 * given `AWS_CONTAINER_CREDENTIALS_FULL_URI` and `AWS_CONTAINER_AUTHORIZATION_TOKEN="Bearer <ID token>"`. The credentials
 * are handed on and not kept: the gate holds signing keys derived for its own service, and the principal.
 *
 * A session lives as long as its credentials, `maxSessionMinutes` at most, whenever the token ends.
 *
 * @throws ConfigurationError where an option is missing or faulty, or where the groups of two pools could be mixed up.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { broker, createSessions, userPool } from "poolgate";
 * import { endpoints } from "poolgate/express";
 *
 * const app = express();
 * const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
 * const id = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "id" });
 * const identityPoolId = "eu-west-1:00000000-0000-4000-8000-000000000000";
 * app.use(endpoints(broker({ sessions, userPool: id, identityPoolId })));
 * ```
 */
export function broker(options: BrokerOptions): Broker {
  const settings = readBrokerOptions(options);
  const { sessions, userPool, path, guests } = settings;
  sessions.trust(userPool.trusted, "broker.userPool");
  const sources = createRateLimit(settings.perSourcePerMinute, sessions.clock);
  const users = createRateLimit(settings.perUserPerMinute, sessions.clock);
  /** The exchanges under way by the hash of what they are for. What they give is not kept here once they are done. */
  const underWay = new Map<string, Promise<ContainerCredentials>>();
  let exchanges = 0;

  function charge(request: AuthRequest, holder: TokenHolder | undefined): void {
    if (exchanges >= maxExchanges) throw tooMany("the broker is busy", 1);
    const source = sources.take(sourceOf(request.remoteAddress));
    if (source !== undefined) throw tooMany("from this address", source);
    const user = holder && users.take(holder.principal.id);
    if (user !== undefined) throw tooMany("for this user", user);
  }

  async function begin(holder: TokenHolder | undefined, wishes?: ExchangeWishes): Promise<ContainerCredentials> {
    exchanges += 1;
    try {
      return await exchange(settings, holder, wishes);
    } finally {
      exchanges -= 1;
    }
  }

  function share(request: AuthRequest, holder: TokenHolder, wishes: ExchangeWishes): Promise<ContainerCredentials> {
    const { role, logins } = wishes;
    const asked = JSON.stringify([holder.raw, role?.arn, Object.entries(logins ?? {})]);
    const key = createHash("sha256").update(asked).digest("base64url");
    const shared = underWay.get(key);
    if (shared !== undefined) return shared;
    charge(request, holder);
    const begun = begin(holder, wishes).finally(() => underWay.delete(key));
    underWay.set(key, begun);
    return begun;
  }

  async function answer(request: AuthRequest): Promise<Answer> {
    if (!methods.includes(request.method)) throw new AuthError("method_not_allowed");
    const holder = await readTokenHolder(request, userPool);
    if (holder === undefined && !guests) throw new AuthError("no_credentials");
    await refuseRevoked(sessions, { holder });
    const role = readRoleChoice(request.target);
    if (role !== undefined) settings.judgeRoleChoice(role, holder?.principal);
    const logins = await readFurtherLogins(request, settings.loginProviders);
    if (holder !== undefined) return jsonAnswer(200, await share(request, holder, { role, logins }));
    if (logins !== undefined)
      throw new AuthError("no_credentials", { reason: "a login needs the user's ID token too" });
    charge(request, undefined);
    return jsonAnswer(200, await begin(undefined));
  }

  return Object.freeze<Broker>({
    methods,
    path,
    async handle(request) {
      try {
        return await withDeadline(answer(request), answerWithin, late);
      } catch (thrown) {
        return problemAnswer(toAuthError(thrown).challengedBy("Bearer"), methods);
      }
    },
    async ready() {
      await Promise.all([userPool.ready(), sessions.ready(), settings.webIdentity?.ready()]);
    },
  });
}

function tooMany(reason: string, retryAfter: number): AuthError {
  return new AuthError("too_many_requests", { reason, retryAfter });
}

function late(): AuthError {
  return new AuthError("upstream_unavailable", { reason: "the exchange takes too long", retryAfter: 1 });
}
