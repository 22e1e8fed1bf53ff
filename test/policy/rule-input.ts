import type { RuleInput } from "../../src/policy/evaluation.ts";
import { anonymous, closedGroups, createPrincipal, openGroups, type Principal } from "../../src/principal.ts";
import { RequestHeaders } from "../../src/request.ts";
import { parseTarget } from "../../src/target.ts";

/** What a test says of a request; the rest is an anonymous GET of the root. */
export interface Given {
  readonly principal?: Principal;
  readonly method?: string;
  readonly target?: string;
  /** `[name, value, name, value, ...]` */
  readonly headers?: readonly string[];
  readonly remoteAddress?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly now?: number;
}

export function ruleInput({
  principal = anonymous,
  method = "GET",
  target = "/",
  headers = [],
  remoteAddress,
  params = {},
  now = Date.UTC(2026, 0, 1),
}: Given): RuleInput {
  return {
    principal,
    request: {
      method,
      target,
      wire: true,
      headers: new RequestHeaders(headers),
      ...(remoteAddress !== undefined && { remoteAddress }),
    },
    target: parseTarget(target),
    params,
    now,
  };
}

/** An editor who came with an access token. */
export const editor: Principal = createPrincipal({
  kind: "user",
  id: "user:eu-west-1_Example01:11111111-aaaa",
  issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
  verifiedBy: "user-pool",
  userId: "11111111-aaaa",
  groups: closedGroups(["editors", "staff"]),
  clientId: "1example23456789",
  scopes: new Set(["articles/read"]),
  tags: new Map([["tenant", "acme"]]),
  claims: { email: "e@example.com", level: 3, email_verified: true, amr: ["pwd"], nothing: null },
});

/** The same person, who signed the request with credentials from a broker. */
export const signedEditor: Principal = createPrincipal({
  kind: "user",
  id: "user:eu-west-1_Example01:11111111-aaaa",
  issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
  verifiedBy: "signed-request",
  userId: "11111111-aaaa",
  identityId: "eu-west-1:22222222-bbbb",
  groups: closedGroups(["editors", "staff"]),
  tags: new Map([["tenant", "acme"]]),
  role: {
    arn: "arn:aws:sts::123456789012:assumed-role/ArticleEditor/session",
    partition: "aws",
    account: "123456789012",
    name: "ArticleEditor",
    sessionName: "session",
  },
});

/** A role that stands for editors; of other groups nothing is known. */
export const editorRole: Principal = createPrincipal({
  kind: "role",
  id: "role:123456789012/ArticleEditor",
  issuer: "123456789012",
  verifiedBy: "signed-request",
  groups: openGroups(["editors"]),
  ...(signedEditor.role && { role: signedEditor.role }),
});

/** A machine client. */
export const machine: Principal = createPrincipal({
  kind: "client",
  id: "client:eu-west-1_Example01:1example23456789",
  issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
  verifiedBy: "user-pool",
  groups: closedGroups(),
  clientId: "1example23456789",
  scopes: new Set(["articles/read", "articles/write"]),
});

/** A guest of the identity pool. */
export const visitor: Principal = createPrincipal({
  kind: "guest",
  id: "guest:eu-west-1:33333333-cccc",
  issuer: "eu-west-1:pool",
  verifiedBy: "signed-request",
  identityId: "eu-west-1:33333333-cccc",
  groups: closedGroups(),
});
