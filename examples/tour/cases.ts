import { type Pools, type SignableRequest, type Signer, signer } from "poolgate/testing";
import { service } from "./api.ts";
import { ada, aws4fetchSigner, brokeredCredentials, grace, mallory, rob } from "./callers.ts";
import type { WireRequest } from "./send.ts";

/** One request of the tour and what must come of it. */
export interface Case {
  readonly caller: string;
  readonly credential: string;
  readonly request: WireRequest;
  readonly status: number;
  /** The code of the refusal; undefined where the request is allowed. */
  readonly code?: string;
}

/** What the cases are made from. */
export interface CaseSetup {
  readonly pools: Pools;
  /** A user pool of somebody else. */
  readonly foreignPools: Pools;
  readonly port: number;
}

const article = JSON.stringify({ title: "Two pools, one gate" });
const json = { "content-type": "application/json" };
const post = { method: "POST", path: "/articles", headers: json, body: article } as const;

/** Makes the requests, signed and minted afresh. */
export async function makeCases({ pools, foreignPools, port }: CaseSetup): Promise<readonly Case[]> {
  const host = `127.0.0.1:${port}`;
  const { region } = pools;
  const adaCredentials = await brokeredCredentials(port, pools.idToken(ada));
  const adaSigns = signer({ credentials: adaCredentials, region, service });
  const guestSigns = signer({ credentials: await brokeredCredentials(port), region, service });
  const thiefSigns = signer({ credentials: { ...adaCredentials, secretAccessKey: "guessed" }, region, service });

  const bearing = (token: string, request: WireRequest): WireRequest => ({
    ...request,
    headers: { ...request.headers, authorization: `Bearer ${token}` },
  });
  const signed = async (by: Signer, request: WireRequest): Promise<WireRequest> => {
    const signable: SignableRequest = { ...request, host };
    return { ...request, headers: await by.sign(signable) };
  };
  const get = (path: string): WireRequest => ({ method: "GET", path });
  const adaPosts = await signed(adaSigns, post);
  const adaSearches = await signed(adaSigns, get("/articles/1?revision=1"));

  return [
    { caller: "nobody", credential: "none", request: get("/health"), status: 200 },
    { caller: "ada, editor", credential: "access token", request: bearing(pools.accessToken(ada), post), status: 201 },
    { caller: "ada, editor", credential: "signed (smithy)", request: adaPosts, status: 201 },
    {
      caller: "ada, editor",
      credential: "signed (aws4fetch)",
      request: await signed(aws4fetchSigner(adaCredentials, region), post),
      status: 201,
    },
    {
      caller: "ada of acme",
      credential: "access token",
      request: bearing(pools.accessToken(ada), get("/tenants/acme/reports")),
      status: 200,
    },
    {
      caller: "ada of acme",
      credential: "signed (smithy)",
      request: await signed(adaSigns, get("/tenants/acme/reports")),
      status: 200,
    },
    {
      caller: "ada of acme",
      credential: "signed (smithy)",
      request: await signed(adaSigns, get("/tenants/globex/reports")),
      status: 403,
      code: "access_denied",
    },
    {
      caller: "grace, admin",
      credential: "access token",
      request: bearing(pools.accessToken(grace), { method: "DELETE", path: "/articles/1" }),
      status: 200,
    },
    {
      caller: "ada, editor",
      credential: "signed (smithy)",
      request: await signed(adaSigns, { method: "DELETE", path: "/articles/1" }),
      status: 403,
      code: "access_denied",
    },
    {
      caller: "guest",
      credential: "signed (smithy)",
      request: await signed(guestSigns, get("/articles/1")),
      status: 200,
    },
    {
      caller: "guest",
      credential: "signed (smithy)",
      request: await signed(guestSigns, post),
      status: 403,
      code: "access_denied",
    },
    {
      caller: "importer, machine",
      credential: "access token",
      request: bearing(pools.machineToken({ scopes: ["articles/write"] }), { method: "POST", path: "/feed" }),
      status: 201,
    },
    {
      caller: "importer, machine",
      credential: "access token",
      request: bearing(pools.machineToken({ scopes: ["articles/read"] }), { method: "POST", path: "/feed" }),
      status: 403,
      code: "insufficient_scope",
    },
    {
      caller: "rob, no group",
      credential: "access token",
      request: bearing(pools.accessToken(rob), post),
      status: 403,
      code: "access_denied",
    },
    {
      caller: "mallory, suspended",
      credential: "access token",
      request: bearing(pools.accessToken(mallory), post),
      status: 403,
      code: "access_denied",
    },
    {
      caller: "a thief",
      credential: "body changed",
      request: { ...adaPosts, body: article.replace("one", "own") },
      status: 401,
      code: "payload_mismatch",
    },
    {
      caller: "a thief",
      credential: "query moved",
      request: { ...adaSearches, path: "/articles/1?revision=2" },
      status: 401,
      code: "invalid_signature",
    },
    {
      caller: "a thief",
      credential: "wrong secret",
      request: await signed(thiefSigns, post),
      status: 401,
      code: "invalid_signature",
    },
    {
      caller: "ada, too late",
      credential: "expired token",
      request: bearing(pools.accessToken(ada, { expiresInSeconds: -60 }), post),
      status: 401,
      code: "token_expired",
    },
    {
      caller: "a stranger",
      credential: "foreign pool",
      request: bearing(foreignPools.accessToken(ada), post),
      status: 401,
      code: "invalid_token",
    },
    {
      caller: "ada, editor",
      credential: "ID token",
      request: bearing(pools.idToken(ada), post),
      status: 401,
      code: "invalid_token",
    },
    {
      caller: "a juggler",
      credential: "token + signed URL",
      request: bearing(pools.accessToken(ada), { ...post, path: "/articles?X-Amz-Signature=0" }),
      status: 400,
      code: "ambiguous_credentials",
    },
    {
      caller: "a tinkerer",
      credential: "Basic",
      request: { ...get("/health"), headers: { authorization: "Basic YWRhOmFkYQ==" } },
      status: 401,
      code: "unsupported_scheme",
    },
    {
      caller: "nobody",
      credential: "none",
      request: { method: "HEAD", path: "/admin" },
      status: 401,
      code: "no_credentials",
    },
    {
      caller: "nobody",
      credential: "none",
      request: { method: "OPTIONS", path: "/admin" },
      status: 401,
      code: "no_credentials",
    },
    {
      caller: "grace, admin",
      credential: "access token",
      request: bearing(pools.accessToken(grace), get("/API/../admin")),
      status: 400,
      code: "target_not_canonical",
    },
    {
      caller: "grace, admin",
      credential: "access token",
      request: bearing(pools.accessToken(grace), get("/forgotten")),
      status: 403,
      code: "no_route",
    },
  ];
}
