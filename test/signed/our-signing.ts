import { RequestHeaders } from "../../src/request.ts";
import { parseAuthorization } from "../../src/sigv4/authorization.ts";
import { canonicalHeaders } from "../../src/sigv4/canonical-headers.ts";
import { canonicalPaths } from "../../src/sigv4/canonical-path.ts";
import { canonicalQuery } from "../../src/sigv4/canonical-query.ts";
import { canonicalRequest } from "../../src/sigv4/canonical-request.ts";
import { payloadHash } from "../../src/sigv4/payload.ts";
import { deriveSigningKey } from "../../src/sigv4/signing-key.ts";
import { signatureOf, stringToSign } from "../../src/sigv4/string-to-sign.ts";
import { parseTarget } from "../../src/target.ts";
import { credentials, type Received } from "./gate.ts";

/** What poolgate computes of a request, to be laid beside what a signer computed. */
export interface OurSigning {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly signature: string;
  /** The signature that the request carries. */
  readonly stated: string;
}

/**
 * Goes the way of the verifier, step by step.
 *
 * @param query the canonical query, where it is not to be the form that comes first.
 */
export function ourSigning({ method, target, headers, body = "" }: Received, query?: string): OurSigning {
  const all = new RequestHeaders(headers.flat());
  const { scope, date, region, service, signedHeaders, signedNames, signature } = parseAuthorization(
    all.get("authorization") ?? "",
  );
  const parsed = parseTarget(target);
  const canonical = canonicalRequest({
    method,
    path: canonicalPaths(parsed.path)[0],
    query: query ?? canonicalQuery(parsed.query),
    headers: canonicalHeaders(all, signedNames),
    signedHeaders,
    payloadHash: all.get("x-amz-content-sha256") ?? payloadHash(Buffer.from(body)),
  });
  const text = stringToSign(all.get("x-amz-date") ?? "", scope, canonical);
  const key = deriveSigningKey(credentials.secretAccessKey, date, region, service);
  return { canonicalRequest: canonical, stringToSign: text, signature: signatureOf(key, text), stated: signature };
}
