/**
 * The type of the principals that an authorizer lets in, a verifier gives, or an issuer of tokens is believed.
 *
 * @example
 * ```ts
 * import { bearer, createAuthorizer, type PrincipalOf, userPool } from "poolgate";
 *
 * const id = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "id" });
 * const authorizer = createAuthorizer({ verifiers: [bearer({ issuers: [id] })] });
 *
 * function greeting(caller: PrincipalOf<typeof authorizer>): string {
 *   return caller.kind === "user" ? `Hello ${caller.claims.email ?? "you"}` : "Please sign in";
 * }
 * ```
 */
export type PrincipalOf<Source> = Source extends { verify(subject: never): infer Verdict }
  ? PrincipalIn<Awaited<Verdict>>
  : Source extends { authorize(request: never): Promise<infer Decision> }
    ? PrincipalIn<Extract<Decision, { readonly allowed: true }>>
    : never;

type PrincipalIn<Outcome> = Outcome extends { readonly principal: infer Found } ? Found : never;
