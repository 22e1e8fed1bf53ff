import { readBoundedResponse } from "../bounded-response.ts";

/** What {@link fetchDocument} asks for. */
export interface DocumentLimits {
  /** The media type to ask for. */
  readonly accept: string;
  readonly maxKibibytes: number;
  /** In milliseconds, body included. */
  readonly timeout: number;
}

/**
 * Fetches a document of an issuer, no longer and no larger than it may be, and without following a redirect, since it could
 * lead anywhere.
 *
 * @returns its bytes; the status in their place where that is not 200.
 * @throws Error where the endpoint cannot be reached, or the document is too large.
 */
export async function fetchDocument(
  fetch: typeof globalThis.fetch,
  uri: string,
  { accept, maxKibibytes, timeout }: DocumentLimits,
): Promise<Buffer | number> {
  const signal = AbortSignal.timeout(timeout);
  const response = await fetch(uri, { headers: { accept }, redirect: "error", signal });
  if (response.redirected) {
    // A fetch of the operator's own that does not obey; wherever it has been led, these are not the issuer's words.
    await response.body?.cancel();
    throw new Error("the endpoint redirected the request");
  }
  if (response.status !== 200) {
    await response.body?.cancel();
    return response.status;
  }
  const bytes = await readBoundedResponse(response, maxKibibytes * 1024);
  if (bytes === undefined) throw new Error(`the document is larger than ${maxKibibytes} KiB`);
  return bytes;
}
