import { readAwsEndpoint } from "../aws-endpoint.ts";
import { ConfigurationError } from "../configuration.ts";

/**
 * Reads the URL of a gate or of one of its endpoints: https, or http to this machine, since what is sent there is worth a
 * session.
 *
 * @throws ConfigurationError
 */
export function readGateUrl(option: string, value: unknown): URL {
  if (value === undefined) throw new ConfigurationError("missing_option", option, `is required, such as ${example}`);
  const text = value instanceof URL ? value.href : value;
  if (typeof text !== "string" || !URL.canParse(text)) {
    throw new ConfigurationError("invalid_option", option, `must be a URL such as ${example}`);
  }
  return readAwsEndpoint(option, text, true);
}

/**
 * The URL of an endpoint below the base URL of a gate, which may have a path, such as the stage of an API.
 *
 * @throws ConfigurationError where the path would lead elsewhere.
 */
export function endpointOf(option: string, gate: URL, path: unknown): URL {
  if (typeof path !== "string" || !/^\/(?!\/)[!-~]*$/.test(path) || /[?#\\]/.test(path)) {
    throw new ConfigurationError("invalid_option", option, "must be a path such as /.well-known/poolgate/enroll");
  }
  return new URL(gate.pathname.replace(/\/$/, "") + path, gate.origin);
}

const example = "https://api.example.com";
