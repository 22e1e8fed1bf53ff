import { type EnrollOptions, enroll, signProof } from "poolgate/client";
import type { Pools } from "poolgate/testing";
import { service } from "./api.ts";
import { ada, aws4fetchSigner, grace, mallory, nightly } from "./callers.ts";
import type { Case, CaseSetup } from "./cases.ts";
import type { WireRequest } from "./send.ts";

const enrollmentPath = "/.well-known/poolgate/enroll";
const json = { "content-type": "application/json" };
const post = { method: "POST", path: "/articles", headers: json, body: JSON.stringify({ title: "Enrolled" }) } as const;
const fill = { method: "POST", path: "/feed" } as const;

/** How ada enrolls: with her Cognito credentials, and her ID token along with them. */
export function enrollmentOfAda(pools: Pools, port: number) {
  return {
    url: `http://127.0.0.1:${port}`,
    region: pools.region,
    audience: service,
    stsEndpoint: pools.endpoints.sts,
    credentials: () => pools.credentials(ada),
    idToken: async () => pools.idToken(ada),
  };
}

/** Callers who have Cognito credentials and come without a broker, and what thieves make of what they overhear. */
export async function makeEnrollmentCases({ pools, port }: CaseSetup): Promise<readonly Case[]> {
  const { region } = pools;
  const adaEnrolls = enrollmentOfAda(pools, port);
  const { url, audience, stsEndpoint } = adaEnrolls;
  const proofOptions = { region, audience, stsEndpoint };

  let adaMessage = "";
  const enrolled = await enroll({
    ...adaEnrolls,
    fetch: (input, init) => {
      adaMessage = String(init?.body);
      return fetch(input, init);
    },
  });
  const malloryEnrolled = await enroll({ ...proofOptions, url, credentials: () => pools.credentials(mallory) });

  const signed = async (by: typeof enrolled): Promise<WireRequest> => ({
    ...post,
    headers: await aws4fetchSigner(by, region).sign({ ...post, host: `127.0.0.1:${port}` }),
  });
  const proven = async (request: WireRequest): Promise<WireRequest> => {
    const { method, path } = request;
    const proof = { ...proofOptions, method, url: url + path, credentials: () => pools.credentials(nightly) };
    return { ...request, headers: await signProof(proof) };
  };
  const changed = async (options: EnrollOptions, changes: Readonly<Record<string, unknown>>): Promise<WireRequest> =>
    enrolling(JSON.stringify({ ...JSON.parse(await unsent(options)), ...changes }));
  const nightlyFills = await proven(fill);

  return [
    {
      caller: "ada, editor",
      credential: "enrolled (aws4fetch)",
      request: await signed(enrolled),
      status: 201,
    },
    {
      caller: "mallory, by role",
      credential: "enrolled (aws4fetch)",
      request: await signed(malloryEnrolled),
      status: 403,
      code: "access_denied",
    },
    {
      caller: "a thief",
      credential: "stolen proof",
      request: enrolling(adaMessage),
      status: 401,
      code: "request_replayed",
    },
    {
      caller: "a thief",
      credential: "key swapped",
      request: await changed(adaEnrolls, { key: Buffer.alloc(32, 7).toString("base64url") }),
      status: 401,
      code: "invalid_signature",
    },
    {
      caller: "a thief",
      credential: "expiry stretched",
      request: await changed({ ...adaEnrolls, minutes: 1 }, { exp: Math.floor(Date.now() / 1000) + 3600 }),
      status: 401,
      code: "invalid_signature",
    },
    {
      caller: "a thief",
      credential: "for another gate",
      request: await changed({ ...adaEnrolls, audience: "shop.example.com" }, {}),
      status: 401,
      code: "invalid_signature",
    },
    {
      caller: "a thief",
      credential: "ID token swapped",
      request: await changed(adaEnrolls, { idToken: pools.idToken(grace) }),
      status: 401,
      code: "invalid_signature",
    },
    { caller: "nightly job", credential: "STS proof", request: nightlyFills, status: 201 },
    {
      caller: "a thief",
      credential: "same STS proof",
      request: nightlyFills,
      status: 401,
      code: "request_replayed",
    },
    {
      caller: "a thief",
      credential: "STS proof moved",
      request: { ...(await proven(fill)), path: "/articles" },
      status: 401,
      code: "invalid_signature",
    },
  ];
}

function enrolling(body: string): WireRequest {
  return { method: "POST", path: enrollmentPath, headers: json, body };
}

/** The message of an enrollment that is overheard, and kept from the gate. */
async function unsent(options: EnrollOptions): Promise<string> {
  let message = "";
  const keep: typeof fetch = async (_, init) => {
    message = String(init?.body);
    throw new Error("kept from the gate");
  };
  await enroll({ ...options, fetch: keep }).catch(() => {});
  return message;
}
