import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import type { RoleMap } from "../../src/role-map.ts";
import { createSessions } from "../../src/sessions/create-sessions.ts";
import { enrollment } from "../../src/sessions/enrollment.ts";
import type { EnrollmentOptions } from "../../src/sessions/enrollment-options.ts";
import type { SessionsOptions } from "../../src/sessions/session-options.ts";
import { type Pools, startPools } from "../../src/testing/pools.ts";
import { signer } from "../../src/testing/signer.ts";
import { signedRequest } from "../../src/verify/signed-request.ts";
import { stsProof } from "../../src/verify/sts-proof.ts";
import type { StsProofOptions } from "../../src/verify/sts-proof-options.ts";
import type { Prover, ProverCredentials } from "./prover.ts";

/** The clock of a test, which only the test moves. */
const start = Date.UTC(2026, 2, 4, 5, 6, 7);

/** The roles that the gates of these tests accept. */
export const roles: RoleMap = {
  "123456789012/ArticleEditor": { groups: ["editors"] },
  "123456789012/Visitor": { guest: true },
};

export const editor = { name: "ada", groups: ["editors"] };
/** His role is listed nowhere. */
export const stranger = { name: "bob", groups: ["strangers"] };

/** Pools with a clock that can be moved. */
export interface Stage extends AsyncDisposable {
  readonly pools: Pools;
  readonly clock: () => number;
  /** Lets time pass, in seconds. */
  pass(seconds: number): void;
  /** Credentials with all that is needed to prove with them, now. */
  prover(caller: Parameters<Pools["credentials"]>[0]): Promise<Prover>;
}

/** Starts pools whose STS really checks signatures. */
export async function setStage(): Promise<Stage> {
  let now = start;
  const clock = () => now;
  const pools = await startPools({
    ...{ clock, guests: true, guestRole: "Visitor" },
    roles: { editors: "ArticleEditor", strangers: "Stranger" },
  });
  return {
    pools,
    clock,
    pass(seconds) {
      now += seconds * 1_000;
    },
    async prover(caller) {
      const { accessKeyId, secretAccessKey, sessionToken } = await pools.credentials(caller);
      const credentials = { accessKeyId, secretAccessKey, sessionToken };
      return { credentials, region: "eu-west-1", sts: pools.endpoints.sts, date: new Date(now) };
    },
    [Symbol.asyncDispose]: () => pools.close(),
  };
}

/** What a gate of these tests may differ in. */
export interface GateChanges {
  readonly sessions?: Partial<SessionsOptions>;
  readonly enrollment?: Partial<EnrollmentOptions>;
  readonly proof?: Partial<StsProofOptions>;
}

/** Makes a gate at `api.example.com` that enrolls, verifies what is signed, and verifies proofs in requests. */
export function openGate({ pools, clock }: Stage, changes: GateChanges = {}) {
  const sessions = createSessions({ service: "api.example.com", region: "eu-west-1", clock, ...changes.sessions });
  const common = {
    ...{ sessions, roles, regions: ["eu-west-1"], allowLoopbackHttp: true },
    endpoints: { "eu-west-1": pools.endpoints.sts },
  };
  const endpoint = enrollment({ ...common, ...changes.enrollment });
  const verifier = signedRequest({ sessions, roles });
  const proofs = stsProof({ ...common, ...changes.proof });

  /** Posts a message, and gives status and body of the answer. */
  async function enroll(message: unknown, more: Partial<AuthRequest> = {}) {
    const { status, headers, body = "" } = await endpoint.handle(post(message, more));
    return { status, headers, body: JSON.parse(body) as Record<string, unknown> };
  }

  /** Signs a request with a stock signer and has it verified. */
  async function call(credentials: Omit<ProverCredentials, "sessionToken"> & { readonly sessionToken?: string }) {
    const by = signer({ credentials, region: "eu-west-1", service: "api.example.com", clock });
    const headers = await by.sign({ method: "POST", host: "api.example.com", path: "/articles?a=1", body: "text" });
    return verifier.verify({
      ...{ method: "POST", target: "/articles?a=1", wire: true },
      headers: new RequestHeaders(Object.entries(headers).flat()),
      body: async () => Buffer.from("text"),
    });
  }

  return { sessions, endpoint, enroll, call, proofs };
}

/** The request that posts a message. */
export function post(message: unknown, more: Partial<AuthRequest> = {}): AuthRequest {
  const text = typeof message === "string" ? message : JSON.stringify(message);
  return {
    ...{ method: "POST", target: "/.well-known/poolgate/enroll", wire: true, remoteAddress: "192.0.2.1" },
    headers: new RequestHeaders(["content-type", "application/json"]),
    body: async () => Buffer.from(text),
    ...more,
  };
}
