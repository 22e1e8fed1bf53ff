import { requireJwksUri } from "./jwks-uri.ts";
import { isJsonObject } from "./strict-json.ts";

/** The address of the metadata of an issuer: a slash at the end of the issuer is not doubled. */
export function discoveryUri(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

/**
 * Reads where the keys of an issuer are from its metadata.
 *
 * The metadata must name the very issuer that was asked for, character for character, or whoever can answer for one issuer
 * could bring the keys of another.
 *
 * https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation
 *
 * @throws Error where they are not the issuer's, or its keys are not at an https address.
 */
export function readDiscovery(document: unknown, issuer: string, allowLoopbackHttp: boolean): string {
  if (!isJsonObject(document) || document.issuer !== issuer) throw new Error("the metadata is not that of the issuer");
  return requireJwksUri("the jwks_uri of the metadata", document.jwks_uri, allowLoopbackHttp);
}
