import { fetchDocument } from "./fetch-document.ts";
import { parseStrictObject } from "./strict-json.ts";

/**
 * Fetches a JSON document of an issuer: at most 64 KiB, within some milliseconds, body included, and without following a
 * redirect.
 *
 * @throws Error where the endpoint cannot be reached or answers anything else.
 */
export async function fetchJwksDocument(
  fetch: typeof globalThis.fetch,
  uri: string,
  timeout: number,
): Promise<unknown> {
  const bytes = await fetchDocument(fetch, uri, { accept: "application/json", maxKibibytes: 64, timeout });
  if (typeof bytes === "number") throw new Error(`the endpoint answered with status ${bytes}`);
  const document = parseStrictObject(bytes);
  if (typeof document === "string") throw new Error(`the document ${document}`);
  return document;
}
