import { readBoundedResponse } from "./bounded-response.ts";
import { withDeadline } from "./deadline.ts";
import { AuthError } from "./errors.ts";
import { safeCause } from "./safe-cause.ts";

/** How AWS is reached. */
export interface AwsConnection {
  /** An endpoint of AWS, checked by whoever made the connection. */
  readonly url: URL;
  readonly fetch: typeof globalThis.fetch;
}

/** One POST to AWS. */
export interface AwsCall {
  /** Names are lower-case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The media type that the answer must have. */
  readonly mediaType: string;
  /** How long the call may take, in milliseconds; 3,000 by default. */
  readonly timeout?: number;
  /** The most bytes of an answer; 65,536 by default. */
  readonly maxBytes?: number;
}

/** What AWS answered, whole. */
export interface AwsAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Calls AWS once: for a limited time, no redirects, an answer of limited size and of one media type in UTF-8.
 *
 * @throws AuthError `upstream_unavailable` for every fault but a refusal: what AWS refuses comes back as an answer with its
 * status. Nothing of the request or the answer is in the error, since both hold credentials.
 */
export async function callAws(
  { url, fetch }: AwsConnection,
  { headers, body, mediaType, timeout = 3_000, maxBytes = 65_536 }: AwsCall,
): Promise<AwsAnswer> {
  const controller = new AbortController();

  async function exchange(): Promise<AwsAnswer> {
    const { signal } = controller;
    const response = await fetch(url, { method: "POST", headers, body, redirect: "error", signal });
    if (response.redirected) throw unavailable("AWS redirected the call");
    const type = response.headers.get("content-type") ?? "";
    if (type.split(";", 1)[0]?.trim().toLowerCase() !== mediaType) {
      throw unavailable("the answer of AWS is of another media type");
    }
    return { status: response.status, headers: response.headers, body: await readText(response, maxBytes) };
  }

  try {
    return await withDeadline(exchange(), timeout, () => unavailable("AWS did not answer in time"));
  } catch (thrown) {
    if (thrown instanceof AuthError) throw thrown;
    throw new AuthError("upstream_unavailable", { reason: "AWS could not be reached", cause: safeCause(thrown) });
  } finally {
    // Frees the connection where the answer was not read to its end.
    controller.abort();
  }
}

/** AWS cannot be asked, or what it said cannot be understood. */
export function unavailable(reason: string): AuthError {
  return new AuthError("upstream_unavailable", { reason });
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const bytes = await readBoundedResponse(response, maxBytes);
  if (bytes === undefined) throw unavailable("the answer of AWS is too long");
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}
