import { requestProtocol } from "../binding.ts";
import { hasSignatureQuery } from "../credentials.ts";
import { requestProofScheme } from "../enrollment-message.ts";
import { AuthError } from "../errors.ts";
import type { AuthRequest, RequestHeaders } from "../request.ts";
import { type CallerProofValues, callerProofNames, readCallerProof } from "../sessions/caller-proof-fields.ts";
import { isUnreservedPath } from "../sigv4/canonical-path.ts";
import { canonicalQuery } from "../sigv4/canonical-query.ts";
import { type Target, targetOf } from "../target.ts";
import { parseStrictObject } from "../tokens/strict-json.ts";

/** A request that carries its own proof, whose form has been checked. */
export interface ProvenRequest {
  readonly proof: CallerProofValues;
  readonly method: string;
  /** The target as the proof commits to it. */
  readonly target: string;
  readonly contentType: string;
}

/** A proof is good for five minutes after it was signed, whatever it says. */
const longest = 300_000;
const scheme = new RegExp(`^${requestProofScheme}(?:[ \\t]|$)`, "i");
const credentials = new RegExp(`^${requestProofScheme} ([\\w-]{1,8192})$`, "i");
const names: readonly string[] = ["v", ...callerProofNames];
// RFC 9110 Section 9.1. An event may hold any text; a line feed in it would shift the lines that the proof commits to.
const methodToken = /^[!#$%&'*+\-.^`|~\w]+$/;
const visibleText = /^[\x20-\x7e\t]*$/;

/** Whether any `Authorization` header of a request is of the scheme `Poolgate-Request`, in any case, good or bad. */
export function carriesProof(request: AuthRequest): boolean {
  return request.headers.all("authorization").some((value) => scheme.test(value));
}

/**
 * Reads a request that carries its own proof, and refuses whatever can be refused without its body.
 *
 * @throws AuthError `target_not_canonical`, `ambiguous_credentials`, `unsupported_scheme`, `malformed_credentials`,
 * `path_not_verifiable`, `duplicate_header`, `ambiguous_framing` or `payload_not_signed`.
 */
export function readProvenRequest(request: AuthRequest): ProvenRequest {
  const { method, headers } = request;
  const target = targetOf(request);
  if (hasSignatureQuery(target) || headers.all("authorization").length > 1) {
    throw new AuthError("ambiguous_credentials");
  }
  const proof = readProof(request);
  if (!methodToken.test(method)) throw malformed("the method is no token");
  const contentType = headers.get("content-type") ?? "";
  if (!visibleText.test(contentType)) throw malformed("content-type is not ASCII");
  requireBodyAtHand(request, announcesBody(headers));
  return { proof, method, contentType, target: request.wire ? request.target : rebuiltTarget(target) };
}

function readProof(request: AuthRequest): CallerProofValues {
  if (!carriesProof(request)) throw new AuthError("unsupported_scheme");
  const encoded = credentials.exec(String(request.headers.get("authorization")))?.[1];
  if (encoded === undefined) throw malformed(`write ${requestProofScheme}, one space, the proof`);
  const bytes = Buffer.from(encoded, "base64url");
  if (bytes.toString("base64url") !== encoded) throw malformed("the proof is not canonical base64url");
  const message = parseStrictObject(bytes);
  if (typeof message === "string") throw malformed(`the proof ${message}`);
  if (names.some((name) => !Object.hasOwn(message, name))) throw malformed("a member of the proof is missing");
  if (Object.keys(message).length !== names.length) throw malformed("the proof has an unknown member");
  if (message.v !== requestProtocol) throw malformed(`v is not ${requestProtocol}`);
  const proof = readCallerProof(message, malformed);
  if (proof.expires > proof.signedAt + longest) throw malformed("exp is more than five minutes after date");
  return proof;
}

/** A gateway that decoded the target left of its spellings only the meaning, so a proof commits to the canonical one. */
function rebuiltTarget({ path, query }: Target): string {
  if (!isUnreservedPath(path)) throw new AuthError("path_not_verifiable");
  const canonical = canonicalQuery(query);
  return canonical === "" ? path : `${path}?${canonical}`;
}

/** Whether the headers announce a body. */
function announcesBody(headers: RequestHeaders): boolean {
  const length = headers.get("content-length");
  const encoding = headers.get("transfer-encoding");
  if (length !== undefined && encoding !== undefined) throw new AuthError("ambiguous_framing");
  return encoding !== undefined || (length ?? "0") !== "0";
}

function requireBodyAtHand({ method, body }: AuthRequest, announced: boolean): void {
  const bodiless = (method === "GET" || method === "HEAD") && !announced;
  if (body !== undefined || bodiless) return;
  throw new AuthError("payload_not_signed", { reason: "the body is not at hand here" });
}

function malformed(reason: string): AuthError {
  return new AuthError("malformed_credentials", { reason });
}
