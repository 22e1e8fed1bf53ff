import { createJsonService } from "./aws-json-service.ts";
import type { LocalIdentityPool } from "./identity-pool.ts";
import type { WireService } from "./wire.ts";

/** The identity pool over JSON 1.1: GetId, GetCredentialsForIdentity and GetOpenIdToken; beside it the keys of its tokens. */
export function createIdentityService(pool: LocalIdentityPool): WireService {
  return createJsonService({
    name: "identity",
    target: "AWSCognitoIdentityService",
    operations: {
      async GetId(input) {
        return { IdentityId: pool.getId(input.text("IdentityPoolId"), input.object("Logins")) };
      },
      async GetCredentialsForIdentity(input) {
        const identityId = input.text("IdentityId");
        const customRoleArn = input.has("CustomRoleArn") ? input.text("CustomRoleArn") : undefined;
        const credentials = pool.getCredentials(identityId, input.object("Logins"), customRoleArn);
        return {
          IdentityId: identityId,
          Credentials: {
            AccessKeyId: credentials.accessKeyId,
            SecretKey: credentials.secretAccessKey,
            SessionToken: credentials.sessionToken,
            Expiration: credentials.expiration.getTime() / 1000,
          },
        };
      },
      async GetOpenIdToken(input) {
        const identityId = input.text("IdentityId");
        return { IdentityId: identityId, Token: await pool.getOpenIdToken(identityId, input.object("Logins")) };
      },
    },
    async other({ method, target }) {
      if (method !== "GET" || target !== "/.well-known/jwks_uri") return undefined;
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(await pool.jwks()),
      };
    },
  });
}
