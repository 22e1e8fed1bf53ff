import { AuthError } from "../errors.ts";
import { parseSignedHeaders, type SignedHeadersReader } from "./signed-headers.ts";
import { algorithm } from "./string-to-sign.ts";

/** An `Authorization` header of the scheme `AWS4-HMAC-SHA256`, taken apart. */
export interface Authorization {
  readonly accessKeyId: string;
  /** The day of the credential scope, as `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** `date/region/service/aws4_request`. */
  readonly scope: string;
  /** The names as they stand in the header, joined by `;`. */
  readonly signedHeaders: string;
  /** The same names, lower-case, in strictly ascending order. */
  readonly signedNames: ReadonlySet<string>;
  /** 64 lower-case hex digits. */
  readonly signature: string;
}

const maximumLength = 2048;

// The three fields in the order in which signers write them. An access key id has 16 to 128 word characters
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html), a header name is a token (RFC 9110 Section
// 5.6.2) without upper-case letters, and the signature is settled here because Buffer.from(text, "hex") stops at the first
// character that is no digit without a word.
const usualOrder =
  /^AWS4-HMAC-SHA256[ \t]+Credential=([\w-]{16,128})\/((\d{8})\/([\w.-]+)\/([\w.-]+)\/aws4_request)[ \t]*,[ \t]*SignedHeaders=([!#$%&'*+\-.^`|~_a-z\d;]+)[ \t]*,[ \t]*Signature=([\da-f]{64})$/;

/**
 * Takes the `Authorization` header apart.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#add-signature-to-request
 *
 * @param readNames reads the list of signed headers.
 * @throws AuthError `unsupported_scheme` for another algorithm, `malformed_credentials` for all else that is not the grammar.
 */
export function parseAuthorization(header: string, readNames: SignedHeadersReader = parseSignedHeaders): Authorization {
  if (header.length > maximumLength) throw malformed("the Authorization header is longer than 2 KiB");
  const match = usualOrder.exec(header) ?? usualOrder.exec(inUsualOrder(header));
  if (match === null) throw malformed("it must have Credential, SignedHeaders and Signature once each, in their form");
  const [accessKeyId, scope, date, region, service, signedHeaders, signature] = match.slice(1) as unknown as Fields;
  return { accessKeyId, date, region, service, scope, signedHeaders, signedNames: readNames(signedHeaders), signature };
}

/** What {@link usualOrder} captures. */
type Fields = readonly [string, string, string, string, string, string, string];

/** Puts the fields into the usual order, for none is prescribed. */
function inUsualOrder(header: string): string {
  if (!/^AWS4-HMAC-SHA256(?:[ \t]|$)/.test(header)) {
    throw new AuthError("unsupported_scheme", { reason: `the algorithm is not ${algorithm}` });
  }
  const pieces = header.slice(algorithm.length).split(",");
  // At least one character, or white space in the middle would be divided in every way there is.
  const [credential, signature, signedHeaders] = pieces.map((piece) => /^[ \t]*(\S+)[ \t]*$/.exec(piece)?.[1]).sort();
  return pieces.length === 3 ? `${algorithm} ${credential},${signedHeaders},${signature}` : "";
}

function malformed(reason: string): AuthError {
  return new AuthError("malformed_credentials", { reason });
}
