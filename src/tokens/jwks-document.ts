import { readBoundedResponse } from "../bounded-response.ts";
import { parseStrictObject } from "./strict-json.ts";

const maxBytes = 64 * 1024;

/**
 * Fetches a JSON document of an issuer: at most 64 KiB, within some milliseconds, body included, and without following a
 * redirect, since it could lead anywhere.
 *
 * @throws Error where the endpoint cannot be reached or answers anything else.
 */
export async function fetchJwksDocument(
  fetch: typeof globalThis.fetch,
  uri: string,
  timeout: number,
): Promise<unknown> {
  const response = await fetch(uri, {
    headers: { accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(timeout),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the endpoint answered with status ${response.status}`);
  }
  const bytes = await readBoundedResponse(response, maxBytes);
  if (bytes === undefined) throw new Error("the document is larger than 64 KiB");
  const document = parseStrictObject(bytes);
  if (typeof document === "string") throw new Error(`the document ${document}`);
  return document;
}
