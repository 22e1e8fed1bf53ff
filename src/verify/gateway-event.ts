import { bareToken, presignedQuery } from "../credentials.ts";
import { AuthError, toAuthError } from "../errors.ts";
import type { PrincipalOf } from "../principal-of.ts";
import { allReady } from "../readiness.ts";
import type { AuthRequest } from "../request.ts";
import { parseAuthorization } from "../sigv4/authorization.ts";
import type { Verifier } from "../verifier.ts";
import {
  type GatewayEventOptions,
  type GatewayTrust,
  type GatewayTrusts,
  readGatewayEventOptions,
  type TrustedGateway,
} from "./gateway-event-options.ts";
import type { GatewayEventPrincipal } from "./gateway-event-principal.ts";
import { namesGateway } from "./gateway-trust.ts";

/** Whom a gateway gives: one whom its own words describe, or one whose token is verified again. */
type Callers<Trust extends GatewayTrust> = Trust extends { readonly issuers: infer Issuers extends readonly unknown[] }
  ? PrincipalOf<Issuers[number]>
  : GatewayEventPrincipal;

/** What a gateway has checked, by its scheme: under which names the credential may stand in a request. */
const checked: Readonly<Record<TrustedGateway["scheme"], readonly string[]>> = {
  "AWS4-HMAC-SHA256": ["AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256", presignedQuery],
  Bearer: ["Bearer", bareToken],
};
const noHeaders: ReadonlySet<string> = new Set();

/**
 * Believes a gateway of AWS that says whom it has let in: a user, with his `sub`, or a guest who signed with credentials of an
 * identity pool, a role, or the holder of a token of a user pool. For functions behind `guardHandler`.
 *
 * An event is believed for no other reason than that it names a gateway of `trust`. Whoever may invoke the function directly can
 * write any event, so grant `lambda:InvokeFunction` to these gateways alone.
 *
 * A signature that the gateway has checked is not looked at again, whatever other verifiers there are. A rule that reads a
 * header needs one that was signed. A token is verified again where its entry has `issuers`.
 *
 * @throws ConfigurationError where an option is missing or faulty.
 *
 * @example
 * ```ts
 * import { gatewayEvent } from "poolgate";
 *
 * const verifier = gatewayEvent({
 *   trust: [
 *     {
 *       format: "rest-iam",
 *       ...{ account: "123456789012", apiId: "abcdef1234", stage: "prod" },
 *       identityPools: [
 *         {
 *           identityPoolId: "eu-west-1:11111111-2222-3333-4444-555555555555",
 *           userPools: ["eu-west-1_Example01"],
 *         },
 *       ],
 *     },
 *   ],
 *   roles: {
 *     "123456789012/ArticleEditor": { groups: ["editors"] },
 *     "123456789012/ArticleGuest": { guest: true },
 *   },
 * });
 * ```
 */
export function gatewayEvent<const T extends GatewayTrusts>(
  options: GatewayEventOptions<T>,
): Verifier<Callers<T[number]>>;
export function gatewayEvent(options: GatewayEventOptions): Verifier {
  const settings = readGatewayEventOptions(options);
  const { revocations, clock = Date.now } = options;
  const gateways = [...settings.values()].flat();
  const tokens = gateways.flatMap((gateway) => gateway.tokens);

  return {
    scheme: "Gateway-Event",
    // Parameters go with the last one, and only tokens have any.
    challenge: [...new Set(gateways.map(({ scheme }) => scheme))].sort().join(", "),
    issuers: gateways.flatMap((gateway) => gateway.issuers),
    perRequest: true,
    replaces: ({ gateway }) => {
      // All gateways of one format check the same.
      const first = gateway && settings.get(gateway.format)?.[0];
      return first === undefined ? [] : checked[first.scheme];
    },
    detects: ({ gateway }) => gateway !== undefined && settings.has(gateway.format),
    async verify(request) {
      const { gateway } = request;
      if (gateway === undefined) throw new AuthError("no_credentials");
      const trusted = settings.get(gateway.format)?.find(({ names }) => namesGateway(names, gateway));
      if (trusted === undefined) throw new AuthError("gateway_not_trusted");
      const { scheme, read } = trusted;
      try {
        const principal = await read(gateway, request);
        return scheme === "Bearer" ? { principal } : { principal, signedHeaders: signedHeadersOf(request) };
      } catch (thrown) {
        throw toAuthError(thrown).challengedBy(scheme);
      }
    },
    async ready() {
      const list = revocations === undefined ? [] : [() => revocations.covers({ issuedAt: clock() })];
      await allReady([...tokens.map((verifier) => () => verifier.ready()), ...list]);
    },
    readiness: () => [
      // Each of them looks at the same list.
      ...tokens.flatMap((verifier) => verifier.readiness()).filter(({ source }) => source !== "revocations"),
      ...(revocations === undefined ? [] : [{ source: "revocations", ...revocations.readiness() } as const]),
    ],
  };
}

/** The headers that the gateway has checked, as far as the request says; a presigned URL covers none that a rule would read. */
function signedHeadersOf({ headers }: AuthRequest): ReadonlySet<string> {
  const authorization = headers.get("authorization");
  if (authorization === undefined) return noHeaders;
  try {
    return parseAuthorization(authorization).signedNames;
  } catch {
    return noHeaders;
  }
}
