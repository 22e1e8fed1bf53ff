import { createHash } from "node:crypto";
import fc from "fast-check";
import {
  type Authorizer,
  authenticated,
  createAuthorizer,
  createSessions,
  type SignedRequestOptions,
  signedRequest,
} from "poolgate";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ada, credentials, now, type Received, toAuthRequest } from "../signed/gate.ts";
import { wantedRequests } from "../signed/generated-requests.ts";
import { headerMutators } from "../signed/header-mutators.ts";
import { insertions, type Mutator } from "../signed/mutation.ts";
import { mallory, proofMutators } from "../signed/proof-mutators.ts";
import { readRequest, signedNamesOf } from "../signed/read-request.ts";
import { presign } from "../signed/reference-presigner.ts";
import { sign } from "../signed/reference-signer.ts";
import { type Deviation, deviations } from "../signed/signer-deviations.ts";
import { callerIdentityRequest, signers, type Wanted } from "../signed/signers.ts";
import { signSinglePath } from "../signed/single-path-signer.ts";
import { targetMutators } from "../signed/target-mutators.ts";

// fast-check prints the seed and the path of a failure; put both into its parameters to see it again.
const requestsOfEachSigner = 250;
const mutationsOfEachRequest = 105;
const wantedMutations = 200_000;

const mutators: Readonly<Record<string, Mutator>> = { ...targetMutators, ...headerMutators, ...proofMutators };
const mutations = fc.array(
  fc.record({
    kind: fc.constantFrom(...Object.keys(mutators)),
    at: fc.nat(1_000),
    other: fc.nat(1_000),
    text: insertions,
    /** Whether it is done to what the last one left, in place of the genuine request. */
    further: fc.nat(4).map((one) => one === 0),
  }),
  { minLength: 1, maxLength: 2 * mutationsOfEachRequest, size: "max" },
);

const service = "api.example.com";
const sessions = createSessions({ service, region: "eu-west-1", clock: () => now.getTime() });
const stsSessions = createSessions({
  ...{ service: "sts", region: "eu-west-1", clock: () => now.getTime() },
  allowUndottedService: true,
});
const gateWith = (options: Partial<SignedRequestOptions>) => {
  const common = { sessions, hosts: [service, "api.example.net"], bodyReaders: 1_000 };
  return createAuthorizer({ verifiers: [signedRequest({ ...common, ...options })] });
};
const gates = {
  // What some requests are allowed must be no way in for others.
  double: gateWith({ presignedUrls: { maxSeconds: 900 }, unsignedPayload: () => true }),
  single: gateWith({ pathEncoding: "single" }),
  sts: gateWith({ sessions: stsSessions }),
};

/** A way to sign, with the gate that it is for. */
interface Signing {
  readonly sign: (wanted: Wanted) => Promise<Received>;
  readonly gate?: Authorizer;
  /** Whether it asks for another request than the one that is wanted. */
  readonly another?: true;
  /** Whether it leaves the body out of the signature, so that it may be altered. */
  readonly bodiless?: true;
}

/** Signs as the specification has it, with one of the three forms of the query. */
const byReference = (queryForm: "strict" | "sorted" | "wire", loosePath: boolean) => async (wanted: Wanted) => {
  const { method, path, query, headers = {}, body = "" } = wanted;
  const payload = createHash("sha256").update(body).digest("hex");
  const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const signed = sign({ method, path, headers: fields, payload, queryForm, loosePath, ...(query && { query }) });
  return { ...signed, body };
};
const presigned = (queryForm: "strict" | "sorted" | "wire"): Signing => ({
  another: true,
  async sign({ method, query = "" }) {
    return presign({ method: method === "HEAD" ? "HEAD" : "GET", path: "/articles/1", query, queryForm });
  },
});
const singly = (form: "wire" | "strict"): Signing => ({
  another: true,
  gate: gates.single,
  sign: async ({ path }) => signSinglePath(path, form),
});
const unsignedPayload: Signing = {
  another: true,
  bodiless: true,
  async sign(wanted) {
    const { method, path, query } = wanted;
    const headers = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
    return sign({ method, path, headers, ...(query && { query }) });
  },
};
const signings: Readonly<Record<string, Signing>> = {
  ...Object.fromEntries(Object.entries(signers).map(([name, signer]) => [name, { sign: signer }])),
  "@aws-sdk/client-sts": { another: true, gate: gates.sts, sign: callerIdentityRequest },
  "the specification": { sign: byReference("strict", false) },
  "the specification, with the query of botocore": { sign: byReference("sorted", false) },
  "the specification, with the query of curl and the path of Amplify": { sign: byReference("wire", true) },
  "the specification, without the body": unsignedPayload,
  "the specification, into a URL": presigned("strict"),
  "botocore, into a URL": presigned("sorted"),
  "somebody with a query as on the wire, into a URL": presigned("wire"),
  "curl, with the path encoded once": singly("wire"),
  "aws4 for S3, with the path encoded once": singly("strict"),
};

const asText = ({ method, target, headers, body = "" }: Received) =>
  JSON.stringify([method, target, headers, Buffer.from(body).toString("base64")]);
const outcomeOf = async (gate: Authorizer, request: Received) => {
  const decision = await gate.authorize(toAuthRequest(request), { rule: authenticated });
  return decision.allowed ? `allowed ${decision.principal.id}` : `${decision.error.status} ${decision.error.code}`;
};

/** What was seen in all, by the kind of mutation. */
const seen = { genuine: 0, altered: new Map<string, number>(), same: 0, sameAllowed: 0 };

beforeAll(async () => {
  const notAfter = new Date(now.getTime() + 3_600_000);
  await sessions.open({ ...credentials, principal: ada, notAfter });
  await stsSessions.open({ ...credentials, principal: ada, notAfter });
  await sessions.open({ ...mallory, principal: { ...ada, id: "user:eu-west-1_Example01:mallory" }, notAfter });
});
// aws-sigv4-fetch and client-sts take no time of signing.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
afterEach(() => void vi.useRealTimers());

describe("a generated request verifies as it was signed, and is refused with whatever alters it, as signed by", () => {
  it.each(Object.entries(signings))("%s", async (name, signing) => {
    const { sign: signer, gate = gates.double } = signing;
    const known = deviations[name] ?? [];
    await fc.assert(
      fc.asyncProperty(wantedRequests, wantedRequests, mutations, async (wanted, other, changes) => {
        const deviating = known.filter((deviation) => deviation.applies(wanted));
        const request = await signer(wanted).catch(() => undefined);
        const result = request === undefined ? "throws" : await resultOf(wanted, request, signing);
        expect(["verified", ...deviating.map((deviation) => deviation.result)]).toContain(result);
        if (request === undefined || !(await outcomeOf(gate, request)).startsWith("allowed")) return;
        seen.genuine += 1;
        const neighbor = await signer(other).catch(() => request);
        await refusesWhatAlters(signing, request, neighbor, changes);
      }),
      { numRuns: requestsOfEachSigner },
    );
  });

  async function resultOf(
    wanted: Wanted,
    request: Received,
    { gate = gates.double, another }: Signing,
  ): Promise<Deviation["result"] | "verified"> {
    const target = wanted.path + (wanted.query === undefined ? "" : `?${wanted.query}`);
    if (!another && readRequest({ ...request, target }, []) !== readRequest(request, [])) return "altered";
    return (await outcomeOf(gate, request)) === `allowed ${ada.id}` ? "verified" : "refused";
  }

  async function refusesWhatAlters(
    { gate = gates.double, bodiless }: Signing,
    request: Received,
    neighbor: Received,
    changes: typeof mutations extends fc.Arbitrary<infer Changes> ? Changes : never,
  ): Promise<void> {
    const genuine = asText(request);
    const read = (one: Received, names: readonly string[]) => readRequest(bodiless ? { ...one, body: "" } : one, names);
    const readings = [request, neighbor].map((one) => [read(one, signedNamesOf(one)), signedNamesOf(one)] as const);
    const checks: Promise<void>[] = [];
    let last = request;
    for (const { kind, further, ...choice } of changes) {
      const changed = (mutators[kind] as Mutator)(further ? last : request, { ...choice, neighbor });
      last = changed;
      if (asText(changed) === genuine) continue;
      // What became the neighbor is as genuine as the neighbor.
      const altered = readings.every(([reading, names]) => read(changed, names) !== reading);
      checks.push(
        outcomeOf(gate, changed).then((outcome) => {
          if (altered) seen.altered.set(kind, (seen.altered.get(kind) ?? 0) + 1);
          else seen.same += 1;
          if (/^4\d\d /.test(outcome)) return;
          if (altered || outcome !== `allowed ${ada.id}`)
            expect.fail(`${outcome} with ${kind}: ${asText(changed)} for ${genuine}`);
          seen.sameAllowed += 1;
        }),
      );
    }
    await Promise.all(checks);
  }
});

describe("the mutations", () => {
  it(`are at least ${wantedMutations.toLocaleString("en")} that alter the request, and of every kind`, () => {
    const total = [...seen.altered.values()].reduce((sum, count) => sum + count, 0);
    console.info(
      `${seen.genuine} genuine requests; ${total} mutations altered them and were refused; ${seen.same} altered nothing, of which ${seen.sameAllowed} were let in`,
    );
    expect(total).toBeGreaterThanOrEqual(wantedMutations);
    const harmless = ["header: a name in another case", "header: another order"];
    const idle = Object.keys(mutators).filter((kind) => !seen.altered.has(kind));
    expect(idle.filter((kind) => !harmless.includes(kind))).toEqual([]);
  });
});
