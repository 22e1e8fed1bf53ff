import { createHash } from "node:crypto";
import fc from "fast-check";
import { authenticated, createAuthorizer, createSessions, signedRequest } from "poolgate";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ada, credentials, now, type Received, toAuthRequest } from "../signed/gate.ts";
import { wantedRequests } from "../signed/generated-requests.ts";
import { headerMutators } from "../signed/header-mutators.ts";
import { insertions, type Mutator } from "../signed/mutation.ts";
import { mallory, proofMutators } from "../signed/proof-mutators.ts";
import { readRequest, signedNamesOf } from "../signed/read-request.ts";
import { sign } from "../signed/reference-signer.ts";
import { type Deviation, deviations } from "../signed/signer-deviations.ts";
import { signers, type Wanted } from "../signed/signers.ts";
import { targetMutators } from "../signed/target-mutators.ts";

// fast-check prints the seed and the path of a failure; put both into its parameters to see it again.
const requestsOfEachSigner = 420;
const mutationsOfEachRequest = 110;
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
const gate = createAuthorizer({
  verifiers: [signedRequest({ sessions, hosts: [service, "api.example.net"], bodyReaders: 1_000 })],
});

/** Signs as the specification has it, with one of the three forms of the query. */
const byReference = (queryForm: "strict" | "sorted" | "wire", loosePath: boolean) => async (wanted: Wanted) => {
  const { method, path, query, headers = {}, body = "" } = wanted;
  const payload = createHash("sha256").update(body).digest("hex");
  const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const signed = sign({ method, path, headers: fields, payload, queryForm, loosePath, ...(query && { query }) });
  return { ...signed, body };
};
const everySigner: Readonly<Record<string, (wanted: Wanted) => Promise<Received>>> = {
  ...signers,
  "the specification": byReference("strict", false),
  "the specification, with the query of botocore": byReference("sorted", false),
  "the specification, with the query of curl and the path of Amplify": byReference("wire", true),
};

const asText = ({ method, target, headers, body = "" }: Received) =>
  JSON.stringify([method, target, headers, Buffer.from(body).toString("base64")]);
const outcomeOf = async (request: Received) => {
  const decision = await gate.authorize(toAuthRequest(request), { rule: authenticated });
  return decision.allowed ? `allowed ${decision.principal.id}` : `${decision.error.status} ${decision.error.code}`;
};

/** What was seen in all, by the kind of mutation. */
const seen = { genuine: 0, altered: new Map<string, number>(), same: 0, sameAllowed: 0 };

beforeAll(async () => {
  const notAfter = new Date(now.getTime() + 3_600_000);
  await sessions.open({ ...credentials, principal: ada, notAfter });
  await sessions.open({ ...mallory, principal: { ...ada, id: "user:eu-west-1_Example01:mallory" }, notAfter });
});
// aws-sigv4-fetch takes no time of signing.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
afterEach(() => void vi.useRealTimers());

describe("a generated request verifies as it was signed, and is refused with whatever alters it, as signed by", () => {
  it.each(Object.entries(everySigner))("%s", async (name, signer) => {
    const known = deviations[name] ?? [];
    const shown = new Set<Deviation>();
    await fc.assert(
      fc.asyncProperty(wantedRequests, wantedRequests, mutations, async (wanted, other, changes) => {
        const deviating = known.filter((deviation) => deviation.applies(wanted));
        const request = await signer(wanted).catch(() => undefined);
        const result = request === undefined ? "throws" : await resultOf(wanted, request);
        for (const deviation of deviating) if (deviation.result === result) shown.add(deviation);
        expect(["verified", ...deviating.map((deviation) => deviation.result)]).toContain(result);
        if (request === undefined || !(await outcomeOf(request)).startsWith("allowed")) return;
        seen.genuine += 1;
        const neighbor = await signer(other).catch(() => request);
        await refusesWhatAlters(request, neighbor, changes);
      }),
      { numRuns: requestsOfEachSigner, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
    );
    // A deviation that does not show is none, and must go from the list.
    expect([...shown].map(({ what }) => what).sort()).toEqual(known.map(({ what }) => what).sort());
  });

  async function resultOf(wanted: Wanted, request: Received): Promise<Deviation["result"] | "verified"> {
    const target = wanted.path + (wanted.query === undefined ? "" : `?${wanted.query}`);
    if (readRequest({ ...request, target }, []) !== readRequest(request, [])) return "altered";
    return (await outcomeOf(request)) === `allowed ${ada.id}` ? "verified" : "refused";
  }

  async function refusesWhatAlters(
    request: Received,
    neighbor: Received,
    changes: typeof mutations extends fc.Arbitrary<infer Changes> ? Changes : never,
  ): Promise<void> {
    const genuine = asText(request);
    const readings = [request, neighbor].map(
      (one) => [readRequest(one, signedNamesOf(one)), signedNamesOf(one)] as const,
    );
    const checks: Promise<void>[] = [];
    let last = request;
    for (const { kind, further, ...choice } of changes) {
      const changed = (mutators[kind] as Mutator)(further ? last : request, { ...choice, neighbor });
      last = changed;
      if (asText(changed) === genuine) continue;
      // What became the neighbor is as genuine as the neighbor.
      const altered = readings.every(([reading, names]) => readRequest(changed, names) !== reading);
      checks.push(
        outcomeOf(changed).then((outcome) => {
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
