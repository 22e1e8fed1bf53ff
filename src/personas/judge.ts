import { type AuthorizeOptions, type Authorizer, createAuthorizer } from "../authorizer.ts";
import type { Decision } from "../decision.ts";
import type { Policy } from "../policy/define-policy.ts";
import { type AuthRequest, RequestHeaders } from "../request.ts";
import type { Verifier } from "../verifier.ts";
import type { ReadPersona } from "./persona.ts";
import { personaPrincipal } from "./persona-principal.ts";

/** A request of a persona. */
export interface PersonaRequest {
  readonly method: string;
  /** The path and query as on the wire. */
  readonly target: string;
  /** `[name, value, name, value, ...]`; a signature covers all of them. */
  readonly headers?: readonly string[];
  /** The address that it comes from, in place of the persona's own. */
  readonly ip?: string;
  /** What is asked in place of a route. */
  readonly fields?: AuthorizeOptions["fields"];
  readonly connect?: AuthorizeOptions["connect"];
}

/** Judges requests of personas as the gate would: with the same steps, but for the credential, which is taken for good. */
export type Judge = (persona: ReadPersona, request: PersonaRequest) => Promise<Decision>;

/** @param now milliseconds since 1970. */
export function createJudge(policy: Policy, now: number): Judge {
  const authorizers = new Map<ReadPersona, Authorizer>();
  return (persona, request) => {
    let authorizer = authorizers.get(persona);
    if (authorizer === undefined) {
      authorizer = createAuthorizer({ verifiers: [verifierOf(persona, now)], policy, clock: () => now });
      authorizers.set(persona, authorizer);
    }
    const { fields, connect } = request;
    const options = { ...(fields !== undefined && { fields }), ...(connect !== undefined && { connect }) };
    return authorizer.authorize(authRequest(persona, request), options);
  };
}

function verifierOf(persona: ReadPersona, now: number): Verifier {
  const principal = personaPrincipal(persona, now);
  const signed = persona.credential === "signature";
  return {
    scheme: signed ? "AWS4-HMAC-SHA256" : "Bearer",
    detects: () => persona.credential !== "none",
    verify: async ({ headers }) => (signed ? { principal, signedHeaders: new Set(headers.names()) } : { principal }),
  };
}

function authRequest(
  persona: ReadPersona,
  { method, target, headers = [], ip = persona.ip }: PersonaRequest,
): AuthRequest {
  return {
    method,
    target,
    wire: true,
    headers: new RequestHeaders(headers),
    ...(ip !== undefined && { remoteAddress: ip }),
  };
}
