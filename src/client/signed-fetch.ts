import { ClientError, readProblem } from "./client-error.ts";
import { createServerClock } from "./server-clock.ts";
import { type ClientSession, createSessionKeeper } from "./session-keeper.ts";
import { signRequest } from "./sign-request.ts";
import { readSignedFetchOptions, type SignedFetchOptions } from "./signed-fetch-options.ts";

/** A `fetch` that signs. */
export type SignedFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * Makes a `fetch` that signs each request for one gate, with credentials that it gets by an enrollment, from the gate's
 * broker, or from a provider, and renews before they end.
 *
 * - URLs may be relative to the gate's. A request to another origin is refused and not sent, and no redirect is followed:
 *   write `redirect: "manual"` to see one.
 * - The body is read to the end before it is signed, so that the bytes that are signed are those that are sent.
 * - A request that the gate refuses as of an unknown session (`invalid_signature`) is sent once more in a new session; one
 *   that it refuses for a clock that is off (`clock_skew`), once more by the gate's time. Nothing was done in either case.
 * - Other refusals are answers, as with `fetch`. It rejects with a {@link ClientError} where no session can be had, and as
 *   `fetch` does where the gate cannot be reached.
 *
 * Requests are signed by `aws4fetch`: one module without dependencies, 7.6 kB minified and 3.0 kB with gzip, against 14.3 kB
 * and 5.8 kB for `@smithy/signature-v4` without the implementation of SHA-256 that it needs besides. A page loads it by an
 * import map, without a bundler.
 *
 * @throws ConfigurationError where an option is faulty.
 *
 * @example
 * ```ts
 * import { createSignedFetch } from "poolgate/client";
 *
 * const credentials = async () => ({ accessKeyId: "ASIA...", secretAccessKey: "...", sessionToken: "..." });
 * const signedFetch = createSignedFetch({
 *   url: "https://api.example.com",
 *   enroll: { credentials, region: "eu-west-1" },
 * });
 * const response = await signedFetch("/articles", { method: "POST", body: JSON.stringify({ title: "Hello" }) });
 * console.log(response.status);
 * ```
 */
export function createSignedFetch(options: SignedFetchOptions): SignedFetch {
  const { gate, fetch, clock: ownClock, open } = readSignedFetchOptions(options);
  const clock = createServerClock(ownClock);
  const sessions = createSessionKeeper(() => open(clock), clock);

  /** Whether a request is worth another try, after what its refusal told. */
  async function learnFrom(refusal: Response, session: ClientSession): Promise<boolean> {
    const problem = refusal.status === 401 ? await readProblem(refusal.clone()) : undefined;
    if (problem?.code === "invalid_signature") return sessions.drop(session);
    if (problem?.code !== "clock_skew" || problem.serverTime === undefined) return false;
    clock.correct(problem.serverTime);
    return true;
  }

  return async function signedFetch(input, init) {
    const request = toRequest(input, init, gate);
    const { method, signal } = request;
    const body = new Uint8Array(await request.arrayBuffer());
    const send = async (session: ClientSession): Promise<Response> => {
      const headers = await signRequest(request, body, session, clock.now());
      signal.throwIfAborted();
      return fetch(
        new Request(request, {
          headers,
          ...(method !== "GET" && method !== "HEAD" && { body }),
          redirect: request.redirect === "manual" ? "manual" : "error",
        }),
      );
    };
    const session = await unlessAborted(sessions.session, signal);
    const response = await send(session);
    if (!(await learnFrom(response, session))) return response;
    await response.body?.cancel();
    return send(await unlessAborted(sessions.session, signal));
  };
}

/** Makes a request as `fetch` would, relative to the gate. */
function toRequest(input: string | URL | Request, init: RequestInit | undefined, gate: URL): Request {
  const target = input instanceof Request ? input : new URL(readTarget(input), gate);
  const { origin, searchParams } = new URL(input instanceof Request ? input.url : target.toString());
  if (origin !== gate.origin) {
    throw new ClientError("foreign_origin", "The request goes to another origin than the gate's and is not signed.");
  }
  // The signer leaves such a parameter out, and the gate would refuse the signature as that of an unknown session.
  if (searchParams.has("")) throw new TypeError("A parameter of the query without a name cannot be signed.");
  // A body that is a stream cannot be given without `duplex`.
  return new Request(target, { ...init, duplex: "half" });
}

/** A Request of another realm or library would become the path `/[object Request]` below the gate. */
function readTarget(input: unknown): string {
  const text = String(input);
  if (text.startsWith("[object ")) throw new TypeError("signedFetch takes a string, a URL or a Request of this realm.");
  return text;
}

/** Waits for what others may wait for too, as long as the signal lets it. */
async function unlessAborted<T>(wait: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([wait(), aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener("abort", abort);
  }
}
