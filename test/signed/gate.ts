import { createHash, createSecretKey, type KeyObject } from "node:crypto";
import { createPrincipal, type Principal } from "../../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import type { Session, Sessions } from "../../src/sessions/session.ts";
import { deriveSigningKey } from "../../src/sigv4/signing-key.ts";

/** The time that every clock of these tests shows. */
export const now: Date = new Date("2026-03-04T05:06:07Z");

export const credentials = {
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  sessionToken: "IQoJb3JpZ2luX2VjEXAMPLE/+token==",
} as const;

export const ada: Principal = createPrincipal({
  kind: "user",
  id: "user:eu-west-1_Example01:11111111-2222-3333-4444-555555555555",
  issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
  verifiedBy: "user-pool",
  userId: "11111111-2222-3333-4444-555555555555",
  groups: { names: new Set(["editors"]), closed: true },
});

/** What a session of {@link sessionsOf} may differ in. */
export interface SessionFacts {
  readonly accessKeyId?: string;
  /** Undefined for a session without a token. */
  readonly sessionToken?: string | undefined;
  readonly principal?: Principal;
  readonly notAfter?: Date;
  readonly service?: string;
  readonly region?: string;
  /** The days that the session has keys for. */
  readonly days?: readonly string[];
}

/** Sessions of one caller, who holds {@link credentials}, with the few members that a verifier uses. */
export function sessionsOf(facts: SessionFacts = {}): Sessions {
  const { service = "api.example.com", region = "eu-west-1", accessKeyId = credentials.accessKeyId } = facts;
  const sessionToken = "sessionToken" in facts ? facts.sessionToken : credentials.sessionToken;
  const keys = new Map<string, KeyObject>();
  for (const day of facts.days ?? ["20260303", "20260304", "20260305"]) {
    keys.set(day, createSecretKey(deriveSigningKey(credentials.secretAccessKey, day, region, service)));
  }
  const session: Session = {
    accessKeyId,
    mode: "opened",
    principal: facts.principal ?? ada,
    notAfter: (facts.notAfter ?? new Date("2026-03-04T06:00:00Z")).getTime(),
    ...(sessionToken !== undefined && { tokenHash: createHash("sha256").update(sessionToken).digest("hex") }),
    signingKey: (date) => keys.get(date),
  };
  return {
    audience: "api.example.com",
    once: async () => true,
    revocations: {
      covers: () => false,
      revoke: () => Promise.reject(new Error("not here")),
      readiness: () => ({ state: "ready" }),
    },
    service,
    region,
    skewSeconds: 300,
    clock: () => now.getTime(),
    issuers: [],
    open: () => Promise.reject(new Error("not here")),
    close: () => Promise.reject(new Error("not here")),
    find: async (id) => (id === session.accessKeyId ? session : undefined),
    trust: () => undefined,
    ready: async () => undefined,
    readiness: () => [],
  };
}

/** A request as it arrives. */
export interface Received {
  readonly method: string;
  readonly target: string;
  /** In wire order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined where the body is not at hand. */
  readonly body: string | Uint8Array | undefined;
  readonly wire?: boolean;
}

/** What an adapter makes of a request. */
export function toAuthRequest({ method, target, headers, body, wire = true }: Received): AuthRequest {
  return {
    method,
    target,
    wire,
    headers: new RequestHeaders([...headers].flat()),
    ...(body !== undefined && { body: async () => Buffer.from(body) }),
  };
}

/** The same request with one header given another value, or added where it was not there; undefined takes it away. */
export function withHeader(request: Received, name: string, value: string | undefined): Received {
  const others = request.headers.filter(([other]) => other.toLowerCase() !== name);
  return { ...request, headers: value === undefined ? others : [...others, [name, value]] };
}

/** The same request with one more occurrence of a header. */
export function withMore(request: Received, name: string, value: string): Received {
  return { ...request, headers: [...request.headers, [name, value]] };
}
