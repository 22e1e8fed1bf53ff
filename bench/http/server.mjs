/** One of the servers that are compared, a process of its own. All of them read the whole body and answer the same. */
import { createServer } from "node:http";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import express from "express";
import { auth } from "express-oauth2-jwt-bearer";
import { authorize } from "../../dist/adapters/express/index.js";
import {
  bearer,
  createAuthorizer,
  createSessions,
  definePolicy,
  group,
  signedRequest,
  userPool,
} from "../../dist/index.js";
import { closedGroups, createPrincipal } from "../../dist/principal.js";
import { audience, clientId, credentials, issuer, region, service, userPoolId } from "../fixtures.mjs";

const gates = {
  bare: () => [],

  "hand-written aws-jwt-verify": ({ jwks }) => {
    const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: "access" });
    verifier.cacheJwks(jwks);
    return [
      async (req, res, next) => {
        try {
          const claims = await verifier.verify(req.headers.authorization?.slice("Bearer ".length));
          if (claims["cognito:groups"]?.includes("editors")) next();
          else res.sendStatus(403);
        } catch {
          res.sendStatus(401);
        }
      },
    ];
  },

  "express-oauth2-jwt-bearer": async ({ jwks }) => {
    const keys = createServer((_req, res) => res.end(JSON.stringify(jwks))).listen(0, "127.0.0.1");
    await new Promise((resolve) => keys.once("listening", resolve));
    return [auth({ issuer, audience, jwksUri: `http://127.0.0.1:${keys.address().port}/`, tokenSigningAlg: "RS256" })];
  },

  poolgate: ({ jwks }) => poolgate({ jwks }),

  "poolgate, cache off": ({ jwks }) => poolgate({ jwks, cache: "off" }),
};

async function poolgate({ jwks, cache }) {
  const sessions = createSessions({ service, region });
  await sessions.open({
    ...credentials,
    notAfter: new Date(Date.now() + 3_600_000),
    principal: createPrincipal({
      kind: "user",
      id: "user:eu-west-1_Benchmark:1",
      issuer,
      verifiedBy: "broker",
      groups: closedGroups(["editors"]),
    }),
  });
  const access = userPool({ userPoolId, clientId, tokenUse: "access", resource: audience, jwks });
  const authorizer = createAuthorizer({
    verifiers: [bearer({ issuers: [access], ...(cache && { cache }) }), signedRequest({ sessions })],
    policy: definePolicy({ routes: { "POST /articles": group("editors") } }),
  });
  return [authorize(authorizer)];
}

process.once("message", async ({ gate, jwks }) => {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  for (const middleware of await gates[gate]({ jwks })) app.use(middleware);
  app.post("/articles", (req, res) => {
    let bytes = 0;
    req.on("data", (chunk) => {
      bytes += chunk.length;
    });
    req.on("end", () => res.end(String(bytes)));
  });
  const server = createServer(app).listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
});
