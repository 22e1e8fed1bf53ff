import { createInterface } from "node:readline";
import fc from "fast-check";
import { signedRequest } from "poolgate";
import { afterAll, expect, it } from "vitest";
import { credentials, now, type Received, sessionsOf, toAuthRequest } from "../signed/gate.ts";
import { wantedRequests } from "../signed/generated-requests.ts";
import { ourSigning } from "../signed/our-signing.ts";
import { queryForms } from "../signed/reference-signer.ts";
import type { Wanted } from "../signed/signers.ts";
import { python, start, stop } from "./programs.ts";

// The canonical request of botocore beside ours, over generated requests; test/sigv4/differential.test.ts does the same with
// the signers for JavaScript.

const runs = 60;
const requestsOfEachRun = 50;
const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
const place = { service: "api.example.com", region: "eu-west-1", host: "api.example.com" };

const child = start(python, [new URL("botocore-canonical.py", import.meta.url).pathname]);
const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
const ended = new Promise<never>((_, reject) => {
  child.once("error", reject);
  child.once("exit", (status) => reject(new Error(`botocore ended with ${status}`)));
});
ended.catch(() => {});
afterAll(() => stop(child));

interface Answered {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly headers: readonly (readonly [string, string])[];
}

const targetOf = ({ path, query }: Wanted) => path + (query === undefined ? "" : `?${query}`);

async function ask(wanted: readonly Wanted[]): Promise<readonly Answered[]> {
  const orders = wanted.map(({ method, headers = {}, body = "", ...rest }) => ({
    ...{ ...place, ...credentials, method, headers, time, target: targetOf(rest as Wanted) },
    body: Buffer.from(body).toString("base64"),
  }));
  child.stdin.write(`${JSON.stringify(orders)}\n`);
  const { value } = await Promise.race([lines.next(), ended]);
  return JSON.parse(String(value)) as readonly Answered[];
}

it("signs what we compute, byte by byte, and a gate verifies it", async () => {
  const gate = signedRequest({ sessions: sessionsOf() });
  const seen = { same: 0, unlike: 0 };
  const many = fc.array(wantedRequests, { minLength: requestsOfEachRun, maxLength: requestsOfEachRun });
  await fc.assert(
    fc.asyncProperty(many, async (wanted) => {
      const answers = await ask(wanted);
      for (const [index, one] of wanted.entries()) {
        const { canonicalRequest, stringToSign, headers } = answers[index] as Answered;
        const { method, body, query = "" } = one;
        const all = [["host", place.host] as const, ...headers];
        const sent: Received = { method, target: targetOf(one), headers: all, body: body ?? "" };
        const verified = await gate.verify(toAuthRequest(sent)).then(
          () => true,
          () => false,
        );
        // An empty piece is no pair to any parser; botocore signs it as one with an empty name.
        if (query !== "" && query.split("&").includes("")) {
          seen.unlike += 1;
          continue;
        }
        const ours = ourSigning(sent, queryForms.sorted(query));
        expect(ours).toEqual({ canonicalRequest, stringToSign, signature: ours.stated, stated: ours.stated });
        expect(verified).toBe(true);
        seen.same += 1;
      }
    }),
    { numRuns: runs },
  );
  console.info(`${seen.same} requests signed alike, ${seen.unlike} with an empty piece in the query`);
  expect(seen.same).toBeGreaterThanOrEqual(2_000);
  expect(seen.unlike).toBeGreaterThan(0);
});

it.each([
  ["/a/../b", "/b"],
  ["/a/./b", "/a/b"],
  ["/a//b", "/a/b"],
  ["/a%2Fb", "/a%252Fb"],
])("signs %s as %s, and a gate refuses the path", async (path, signed) => {
  const [{ canonicalRequest, headers }] = (await ask([{ method: "GET", path }])) as [Answered];
  expect(canonicalRequest.split("\n")[1]).toBe(signed);
  const sent = { method: "GET", target: path, headers: [["host", place.host] as const, ...headers], body: "" };
  await expect(signedRequest({ sessions: sessionsOf() }).verify(toAuthRequest(sent))).rejects.toMatchObject({
    code: "target_not_canonical",
  });
});

it("signs an empty piece of the query as a pair, and a gate refuses the signature", async () => {
  const wanted = { method: "GET", path: "/", query: "a=1&&b=2" };
  const [{ canonicalRequest, headers }] = (await ask([wanted])) as [Answered];
  expect(canonicalRequest.split("\n")[2]).toBe("=&a=1&b=2");
  const sent = {
    method: "GET",
    target: targetOf(wanted),
    headers: [["host", place.host] as const, ...headers],
    body: "",
  };
  await expect(signedRequest({ sessions: sessionsOf() }).verify(toAuthRequest(sent))).rejects.toMatchObject({
    code: "invalid_signature",
  });
});
