import { ConfigurationError } from "./configuration.ts";

const loopbackHosts = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * The endpoint of a service in a region.
 *
 * https://docs.aws.amazon.com/general/latest/gr/cognito_identity.html and
 * https://docs.aws.amazon.com/general/latest/gr/sts.html; in China the domain has a suffix of its own.
 */
export function awsEndpoint(service: "cognito-identity" | "cognito-idp" | "sts", region: string): URL {
  return new URL(`https://${service}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}/`);
}

/**
 * Checks the endpoint that an operator configured: https, or http to this machine where that is allowed in so many words.
 *
 * @throws ConfigurationError
 */
export function readAwsEndpoint(option: string, value: unknown, allowLoopbackHttp: boolean): URL {
  if (typeof value !== "string" || !URL.canParse(value))
    throw invalid(option, "must be a URL such as https://sts.eu-west-1.amazonaws.com");
  const url = new URL(value);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw invalid(option, "must hold no user name, password, query or fragment");
  }
  if (url.protocol === "https:") return url;
  if (url.protocol !== "http:" || !loopbackHosts.test(url.hostname)) throw invalid(option, "must begin with https:");
  if (!allowLoopbackHttp) throw invalid(option, "http to this machine needs allowLoopbackHttp: true");
  return url;
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", option, message);
}
