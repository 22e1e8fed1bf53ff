import { presignedQuery } from "../credentials.ts";
import { AuthError } from "../errors.ts";
import type { AuthRequest } from "../request.ts";
import { parseAuthorization } from "../sigv4/authorization.ts";
import type { Verifier } from "../verifier.ts";
import { type GatewayEventOptions, readGatewayEventOptions } from "./gateway-event-options.ts";
import type { GatewayEventPrincipal } from "./gateway-event-principal.ts";
import { namesGateway } from "./gateway-trust.ts";

/** What a gateway has checked where it checks signatures. */
const signatures: readonly string[] = ["AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256", presignedQuery];
const noHeaders: ReadonlySet<string> = new Set();

/**
 * Believes a gateway of AWS that says whom it has let in: a user, with his `sub`, or a guest who signed with credentials of an
 * identity pool, or a role. For functions behind `guardHandler`.
 *
 * An event is believed for no other reason than that it names a gateway of `trust`. Whoever may invoke the function directly can
 * write any event, so grant `lambda:InvokeFunction` to these gateways alone.
 *
 * The signature that the gateway has checked is not looked at again, whatever other verifiers there are. A rule that reads a
 * header needs one that was signed.
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
export function gatewayEvent(options: GatewayEventOptions): Verifier<GatewayEventPrincipal>;
export function gatewayEvent(options: GatewayEventOptions): Verifier {
  const settings = readGatewayEventOptions(options);
  return {
    scheme: "Gateway-Event",
    challenge: "AWS4-HMAC-SHA256",
    perRequest: true,
    replaces: signatures,
    detects: ({ gateway }) => gateway !== undefined && settings.has(gateway.format),
    async verify(request) {
      const { gateway } = request;
      if (gateway === undefined) throw new AuthError("no_credentials");
      const trusted = settings.get(gateway.format)?.find(({ names }) => namesGateway(names, gateway));
      if (trusted === undefined) throw new AuthError("gateway_not_trusted");
      return { principal: trusted.read(gateway), signedHeaders: signedHeadersOf(request) };
    },
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
