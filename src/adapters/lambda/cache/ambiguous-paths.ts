/**
 * What no path may hold that is granted by a wildcard, since two parsers could read it in two ways: empty segments, dot
 * segments, escapes that the gateway has not decoded, and backslashes.
 *
 * @param partition of the ARN, such as `aws`.
 */
export function ambiguousPaths(partition: string): readonly string[] {
  return ["//", "/./", "/../", "%", "\\"]
    .map((text) => `*${text}*`)
    .concat("*/.", "*/..")
    .map((pattern) => `arn:${partition}:execute-api:*:*:${pattern}`);
}
