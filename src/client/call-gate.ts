import { readBoundedText } from "./bounded-text.ts";
import { ClientError, readProblem } from "./client-error.ts";

/** A call to an endpoint of the gate. */
export interface GateCall {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly fetch: typeof globalThis.fetch;
}

/** Milliseconds; a gate answers within seconds, also where it asks AWS. */
const timeout = 10_000;
/** Security tokens of AWS are a few KiB at most. */
const maxBytes = 65_536;

/**
 * Calls an endpoint of the gate that answers JSON. Cookies are not sent, redirects not followed.
 *
 * @returns the members of the answer.
 * @throws ClientError with the gate's code, `unreachable` or `unexpected_answer`.
 */
export async function callGate({ url, headers, body, fetch }: GateCall): Promise<Readonly<Record<string, unknown>>> {
  let response: Response;
  let text: string | undefined;
  try {
    response = await fetch(url.href, {
      method: "POST",
      headers: { accept: "application/json", ...headers },
      ...(body !== undefined && { body }),
      redirect: "error",
      credentials: "omit",
      signal: AbortSignal.timeout(timeout),
    });
    if (response.status !== 200) {
      const problem = await readProblem(response);
      throw problem ?? unexpected(response.status, `status ${response.status} without a problem document`);
    }
    text = await readBoundedText(response, maxBytes);
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    throw new ClientError("unreachable", `${url.host} cannot be reached, or not in time.`, { cause });
  }
  try {
    const document: unknown = JSON.parse(text ?? "");
    if (typeof document === "object" && document !== null) return document as Readonly<Record<string, unknown>>;
  } catch {
    // Told below, without the text, which may hold a secret.
  }
  throw unexpected(response.status, "no JSON object");
}

/** An answer that does not follow the protocol. */
export function unexpected(status: number, what: string): ClientError {
  return new ClientError("unexpected_answer", `The gate gave an unexpected answer: ${what}.`, { status });
}
