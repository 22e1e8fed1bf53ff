import { verify } from "node:crypto";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import {
  bearer,
  createAuthorizer,
  createRevocations,
  definePolicy,
  group,
  memoryStore,
  userPool,
} from "../../dist/index.js";
import { RequestHeaders } from "../../dist/request.js";
import { audience, clientId, createPool, userPoolId } from "../fixtures.mjs";
import { interleave, medianRatio } from "../measure.mjs";

/**
 * The whole of authorize(), decision included, beside verification alone: for tokens that were never seen before, and for
 * tokens that were verified lately.
 */
export async function tokenSuite() {
  const pool = createPool();
  const tokens = Array.from({ length: 40 }, () => pool.accessToken());
  const signed = tokens.map((token) => {
    const end = token.lastIndexOf(".");
    return [Buffer.from(token.slice(0, end)), Buffer.from(token.slice(end + 1), "base64url")];
  });

  const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: "access" });
  verifier.cacheJwks(pool.jwks);
  const access = userPool({ userPoolId, clientId, tokenUse: "access", resource: audience, jwks: pool.jwks });

  function poolgate(options) {
    const authorizer = createAuthorizer({
      verifiers: [bearer({ issuers: [access], ...options })],
      policy: definePolicy({ routes: { "POST /articles": group("editors") } }),
    });
    return {
      prepare: (index) => ({
        method: "POST",
        target: "/articles",
        wire: true,
        headers: new RequestHeaders(["Host", "api.example.com", "Authorization", `Bearer ${tokens[index]}`]),
      }),
      run: async (request) => {
        const decision = await authorizer.authorize(request);
        if (!decision.allowed) throw decision.error;
      },
    };
  }

  const revocations = createRevocations({ store: memoryStore(), audience: "api.example.com" });
  const times = await interleave({
    first: poolgate({ cache: "off" }),
    repeated: poolgate({}),
    "repeated, revocations heeded": poolgate({ revocations }),
    "aws-jwt-verify verifySync": { prepare: (index) => tokens[index], run: (token) => verifier.verifySync(token) },
    "crypto.verify": {
      prepare: (index) => signed[index],
      run: ([data, signature]) => {
        if (!verify("sha256", data, pool.publicKey, signature)) throw new Error("not verified");
      },
    },
  });

  return ["first", "repeated", "repeated, revocations heeded"].flatMap((name) =>
    ["aws-jwt-verify verifySync", "crypto.verify"].map((against) => ({
      suite: "token",
      case: name,
      against,
      ratio: medianRatio(times[name], times[against]),
    })),
  );
}
