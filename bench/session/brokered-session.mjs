import { randomUUID } from "node:crypto";
import { closedGroups, createPrincipal } from "../../dist/principal.js";
import { credentials, region, userPoolId } from "../fixtures.mjs";

/** What a broker opens for a user of two groups and two tags, for an hour. No two share a string. */
export function brokeredSession(index) {
  const sub = randomUUID();
  const now = Date.now();
  const notAfter = new Date(now + 3_600_000);
  return {
    ...credentials,
    accessKeyId: `ASIA${String(index).padStart(16, "0")}`,
    notAfter,
    mode: "broker",
    token: { sub, originJti: randomUUID(), jti: randomUUID(), iat: Math.floor(now / 1000) },
    principal: createPrincipal({
      kind: "user",
      id: `user:${userPoolId}:${sub}`,
      issuer: userPoolId,
      verifiedBy: "signed-request",
      userId: sub,
      identityId: `${region}:${randomUUID()}`,
      groups: closedGroups(["editors", "staff"]),
      tags: new Map([
        ["tenant", `tenant-${index % 100}`],
        ["department", "publishing"],
      ]),
      role: {
        arn: "arn:aws:sts::123456789012:assumed-role/ArticleEditor/CognitoIdentityCredentials",
        partition: "aws",
        account: "123456789012",
        name: "ArticleEditor",
        sessionName: "CognitoIdentityCredentials",
      },
      authenticatedAt: new Date(now - 60_000),
      expiresAt: notAfter,
    }),
  };
}
