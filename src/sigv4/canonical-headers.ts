import { AuthError } from "../errors.ts";
import type { RequestHeaders } from "../request.ts";

/**
 * The canonical headers: `name:value` lines, each ended by a line feed.
 *
 * Runs of spaces and tabs become one space, at the ends none, inside quotes too. Only those two characters count as white
 * space: the trim of JavaScript would take a no-break space along. The values of a repeated header are joined by commas in
 * wire order, as RFC 9110 Section 5.3 reads them.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
 *
 * @param names lower-case names in ascending order.
 * @throws AuthError `malformed_credentials` where one is absent, or has a character outside ASCII or a line feed.
 */
export function canonicalHeaders(headers: Pick<RequestHeaders, "all">, names: Iterable<string>): string {
  let lines = "";
  for (const name of names) {
    const values = headers.all(name);
    if (values.length === 0) throw malformed("a header that SignedHeaders names is absent");
    lines += `${name}:${values.length === 1 ? fold(values[0] as string) : values.map(fold).join(",")}\n`;
  }
  return lines;
}

function fold(value: string): string {
  // A line feed would begin another line. Counting bytes tells ASCII from the rest sooner than an expression does.
  if (value.includes("\n") || Buffer.byteLength(value) !== value.length) {
    throw malformed("a signed header has a character outside ASCII, or a line feed");
  }
  const tidy = !(value.includes("  ") || value.includes("\t") || value.startsWith(" ") || value.endsWith(" "));
  return tidy ? value : value.replace(/[ \t]+/g, " ").replace(/^ | $/g, "");
}

function malformed(reason: string): AuthError {
  return new AuthError("malformed_credentials", { reason });
}
