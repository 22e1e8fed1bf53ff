import { ConfigurationError, requireText } from "../configuration.ts";
import { requireJwksUri } from "./jwks-uri.ts";

/**
 * Checks the option that names the exact `iss` of an OpenID provider.
 *
 * https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
 *
 * @throws ConfigurationError where it is no https address, or has a query or a fragment.
 */
export function requireIssuerAddress(option: string, value: unknown, allowLoopbackHttp: boolean): string {
  const issuer = requireText(option, value, '"https://login.example.com"');
  // A `#` parts the issuer from the subject in the id of a principal.
  if (!/^[\x21-\x7e]+$/.test(issuer) || /[?#\\]/.test(issuer)) {
    throw new ConfigurationError("invalid_option", option, "must have no query and no fragment");
  }
  return requireJwksUri(option, issuer, allowLoopbackHttp);
}
