import express, { type Express } from "express";
import {
  anyOf,
  anyone,
  authenticated,
  bearer,
  broker,
  createAuthorizer,
  createSessions,
  type Decision,
  definePolicy,
  enrollment,
  equal,
  group,
  guest,
  not,
  param,
  type RoleMap,
  role,
  scope,
  signedRequest,
  stsProof,
  tag,
  userPool,
} from "poolgate";
import { authorize, endpoints, guard, principalOf } from "poolgate/express";
import type { Pools } from "poolgate/testing";

/** The name that callers sign for. It holds a dot, so it can never be the name of an AWS service. */
export const service = "articles.example.com";

/** One policy for both kinds of credential: no word in it says how a caller proves who he is. */
const policy = definePolicy({
  // Of a job's role there is nobody to suspend; of any other role it is unknown who comes with it, and unknown is not enough.
  require: anyOf(not(group("suspended")), role("123456789012/Reporter")),
  routes: {
    "GET /health": anyone,
    "GET /articles/:id": anyOf(authenticated, guest),
    "POST /articles": group("editors"),
    "DELETE /articles/:id": group("editors", "admins"),
    "POST /feed": anyOf(scope("articles/write"), role("123456789012/Reporter")),
    "GET /tenants/:tenantId/reports": equal(tag("tenant"), param("tenantId")),
    "* /admin": group("admins"),
  },
});

/** What the roles of callers stand for who come with AWS credentials alone. */
const roles: RoleMap = {
  "123456789012/ArticleEditor": { groups: ["editors"] },
  "123456789012/Reporter": { groups: [] },
  "123456789012/Guest": { guest: true },
};

/** What the API is made of, and what it reports. */
export interface ArticleApiOptions {
  readonly pools: Pools;
  /** The values of the Host header that it answers for. */
  readonly hosts: readonly [string, ...string[]];
  readonly onDecision: (decision: Decision, requestId: string | undefined) => void;
}

/** A small API for articles behind one gate. */
export function createArticleApi({ pools, hosts, onDecision }: ArticleApiOptions): Express {
  const { region, userPoolId, clientId, identityPoolId, jwks, endpoints: aws } = pools;
  const principalTags = { tenant: "custom:tenant" };
  const access = userPool({ userPoolId, clientId, tokenUse: "access", jwks, principalTags });
  const id = userPool({ userPoolId, clientId, tokenUse: "id", jwks, principalTags });

  const sessions = createSessions({ service, region });
  // The endpoints are those of the stand-ins; against AWS they are left out.
  const proofOptions = {
    sessions,
    roles,
    regions: [region],
    endpoints: { [region]: aws.sts },
    allowLoopbackHttp: true,
  };
  const authorizer = createAuthorizer({
    verifiers: [bearer({ issuers: [access] }), signedRequest({ sessions, hosts, roles }), stsProof(proofOptions)],
    policy,
    onDecision: (decision, request) => onDecision(decision, request.headers.get("x-request-id")),
  });

  const app = express();
  app.use(
    endpoints(
      broker({
        sessions,
        userPool: id,
        identityPoolId,
        guests: true,
        endpoints: { identity: aws.identity, sts: aws.sts },
        allowLoopbackHttp: true,
      }),
      // ada enrolls with her ID token; the role says that she may come, the token who she is.
      enrollment({ ...proofOptions, idToken: id }),
    ),
  );
  app.use(authorize(authorizer));
  app.use(express.json());
  app.get("/health", (_req, res) => void res.json({ up: true }));
  app.get("/articles/:id", (req, res) => void res.json({ id: req.params.id, by: principalOf(req).id }));
  app.post("/articles", (req, res) => void res.status(201).json({ by: principalOf(req).id, article: req.body }));
  // The table lets editors and admins in; the guard narrows it to admins.
  app.delete(
    "/articles/:id",
    guard(authorizer, group("admins")),
    (req, res) => void res.json({ deleted: req.params.id }),
  );
  app.post("/feed", (req, res) => void res.status(201).json({ by: principalOf(req).id }));
  app.get("/tenants/:tenantId/reports", (req, res) => void res.json({ tenant: req.params.tenantId }));
  app.get("/admin", (req, res) => void res.json({ by: principalOf(req).id }));
  return app;
}
