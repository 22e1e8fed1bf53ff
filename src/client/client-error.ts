import type { Problem } from "../answer.ts";
import { readBoundedText } from "./bounded-text.ts";

/** What {@link ClientError} has beyond its code and message. */
export interface ClientErrorOptions {
  /** HTTP status of the refusal. */
  readonly status?: number;
  /** The server's time, on `clock_skew`. */
  readonly serverTime?: Date;
  /** Seconds after which to try again. */
  readonly retryAfter?: number;
  /** The fault underneath, such as that of `fetch`. */
  readonly cause?: unknown;
}

/**
 * A call to the gate that could not be made, or that the gate refused.
 *
 * It holds no credential. A refusal has the code of the gate's problem document, such as `role_not_allowed`, and its status;
 * a fault on the way has one of these:
 *
 * - `unreachable`: no answer, or not in time.
 * - `unexpected_answer`: an answer that does not follow the protocol; its status is there.
 * - `no_credentials_given`: the provider of credentials or of ID tokens gave none that can be used.
 * - `foreign_origin`: a request to another origin than the gate's, which is not signed and not sent.
 *
 * @example
 * ```ts
 * import { ClientError, createSignedFetch } from "poolgate/client";
 *
 * const signedFetch = createSignedFetch({
 *   url: "https://api.example.com",
 *   region: "eu-west-1",
 *   broker: { idToken: () => sessionStorage.getItem("idToken") ?? "" },
 * });
 * try {
 *   await signedFetch("/articles");
 * } catch (error) {
 *   if (error instanceof ClientError && error.code === "token_expired") location.assign("/sign-in");
 * }
 * declare const sessionStorage: { getItem(name: string): string | null };
 * declare const location: { assign(path: string): void };
 * ```
 */
export class ClientError extends Error {
  override readonly name = "ClientError";
  /** The stable code, the discriminant to branch on. */
  readonly code: string;
  /** HTTP status of the refusal; absent where there was no answer. */
  readonly status?: number;
  /** The server's time, on `clock_skew`. */
  readonly serverTime?: Date;
  /** Seconds after which to try again. */
  readonly retryAfter?: number;

  constructor(code: string, message: string, { status, serverTime, retryAfter, cause }: ClientErrorOptions = {}) {
    super(message);
    if (cause !== undefined) this.cause = cause;
    this.code = code;
    if (status !== undefined) this.status = status;
    if (serverTime !== undefined) this.serverTime = serverTime;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }
}

/** Problem documents of the gate are a few hundred bytes. */
const maxProblemBytes = 16_384;
/** A sentence; nothing that would command a terminal or turn a line of a log around. */
const detailForm = /^[^\p{C}\p{Zl}\p{Zp}]{1,500}$/u;
/** As a gate writes it; a year of another length could not be signed with. */
const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/**
 * Reads why the gate refused, and consumes the response.
 *
 * @returns undefined where the answer is no problem document of a gate; a proxy on the way may have refused then.
 */
export async function readProblem(response: Response): Promise<ClientError | undefined> {
  const { status, headers } = response;
  if (!/^application\/problem\+json(?:$|[\s;])/i.test(headers.get("content-type") ?? "")) {
    // Unread, it would hold its connection; not waited for, since the body of a clone is canceled only with that of the other.
    response.body?.cancel().catch(() => {});
    return undefined;
  }
  const { code, detail, serverTime } = parseProblem(await readBoundedText(response, maxProblemBytes));
  if (typeof code !== "string" || !/^[a-z_]{1,64}$/.test(code)) return undefined;
  const time = typeof serverTime === "string" && timeForm.test(serverTime) ? new Date(serverTime) : undefined;
  const retryAfter = Number(headers.get("retry-after") ?? Number.NaN);
  return new ClientError(
    code,
    typeof detail === "string" && detailForm.test(detail) ? detail : `The gate answered ${status}.`,
    {
      status,
      ...(time !== undefined && !Number.isNaN(time.getTime()) && { serverTime: time }),
      ...(Number.isInteger(retryAfter) && retryAfter >= 0 && { retryAfter }),
    },
  );
}

function parseProblem(text: string | undefined): Partial<Record<keyof Problem, unknown>> {
  try {
    return Object(JSON.parse(text ?? ""));
  } catch {
    return {};
  }
}
