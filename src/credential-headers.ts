// Headers that are credentials, or part of how a signature is made.
const names: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "date",
  "x-amz-algorithm",
  "x-amz-content-sha256",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-security-token",
  "x-amz-signature",
  "x-amz-signedheaders",
  "x-amzn-oidc-accesstoken",
  "x-amzn-oidc-data",
  "x-amzn-oidc-identity",
]);

/** Whether a header carries a credential or proof; its name is in lower case. */
export function isCredentialHeader(name: string): boolean {
  return names.has(name);
}
