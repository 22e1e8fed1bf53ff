/** The algorithms that tokens may be signed with (RFC 7518 Section 3.1, RFC 8037 Section 3.1): those of aws-jwt-verify. */
export type TokenAlgorithm = "RS256" | "RS384" | "RS512" | "ES256" | "ES384" | "ES512" | "EdDSA";

/** What the JWK of a key for an algorithm says: its type, and its curve where the type has one. */
export interface KeyForm {
  readonly kty: "RSA" | "EC" | "OKP";
  readonly crv?: string;
}

const rsa: KeyForm = { kty: "RSA" };

/** The one form that a key for an algorithm has. */
export const keyForms: Readonly<Record<TokenAlgorithm, KeyForm>> = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  ES256: { kty: "EC", crv: "P-256" },
  ES384: { kty: "EC", crv: "P-384" },
  ES512: { kty: "EC", crv: "P-521" },
  EdDSA: { kty: "OKP", crv: "Ed25519" },
};
