import { fileURLToPath } from "node:url";
import {
  type Authorizer,
  bearer,
  broker,
  createAuthorizer,
  createSessions,
  identityPoolToken,
  memoryStore,
  signedRequest,
  userPool,
} from "poolgate";
import { loadPolicy } from "poolgate/policy";
import { startPools } from "poolgate/testing";
import { functionUrlHost } from "../adapters/lambda/events.ts";

export const host = "api.example.com";
export const pools = await startPools({
  ...{ roles: { editors: "ArticleEditor", suspended: "Suspended" }, guests: true },
  accessTokenAttributes: ["custom:tenant"],
});
/** A pool of the same name that is not ours: its keys are others. */
export const otherPools = await startPools();
const { region, userPoolId, clientId, identityPoolId, jwks, endpoints } = pools;
export const sessions = createSessions({ service: host, region, store: memoryStore() });
const asIs = { groups: "as-is", scopes: "as-is", tags: "as-is" } as const;
const named = { principalTags: { tenant: "custom:tenant" }, ...asIs };

/** The one gate behind every door. */
export const authorizer: Authorizer = createAuthorizer({
  verifiers: [
    bearer({
      issuers: [
        userPool({ userPoolId, clientId, tokenUse: "access", jwks, ...named }),
        identityPoolToken({
          ...{ identityPoolId, userPools: [userPoolId], guests: true, allowLoopbackHttp: true },
          jwksUri: `${endpoints.identity}/.well-known/jwks_uri`,
        }),
      ],
    }),
    signedRequest({
      ...{ sessions, hosts: [host, functionUrlHost], replayProtection: "unsafe-methods" },
      roles: { "123456789012/ArticleEditor": { groups: ["editors"] } },
    }),
  ],
  policy: await loadPolicy(fileURLToPath(new URL("policy.yaml", import.meta.url))),
});

export const credentials = broker({
  ...{ sessions, identityPoolId, allowLoopbackHttp: true },
  userPool: userPool({ userPoolId, clientId, tokenUse: "id", jwks, ...named }),
  endpoints: { identity: endpoints.identity, sts: endpoints.sts },
});
