import { refuseUnknownOptions, requireInteger } from "../../configuration.ts";
import { AuthError } from "../../errors.ts";
import { type AuthRequest, RequestHeaders } from "../../request.ts";
import { parseTarget } from "../../target.ts";
import { callerAddress, readTrustedProxies, type TrustedProxies } from "./caller-address.ts";
import { forwardedHost } from "./forwarded-host.ts";
import type { GateRequest } from "./gate-request.ts";
import { readBody } from "./read-body.ts";
import { notesOn, type RequestNotes } from "./request-notes.ts";

/** How a native request is read. The first gate or endpoint that a request meets reads it for all. */
export interface RequestOptions {
  /**
   * Addresses and CIDR ranges of the proxies in front, such as `["10.0.0.0/8"]`. The address of the caller is then the
   * rightmost entry of `X-Forwarded-For` that is not one of them; without the option it is the socket's peer. The same
   * proxies are believed what they write into `X-Forwarded-Host`. Express's `trust proxy` setting plays no part.
   */
  readonly trustedProxies?: readonly string[];
  /** How long a body may take to arrive where it must be read, in seconds from 1 to 3600; 10 by default. */
  readonly bodyTimeoutSeconds?: number;
}

/** {@link RequestOptions}, checked. */
export interface RequestSettings {
  readonly trustedProxies: TrustedProxies | undefined;
  readonly bodyTimeoutSeconds: number;
}

const optionNames: readonly string[] = ["trustedProxies", "bodyTimeoutSeconds"];

/**
 * Checks the options of a gate or of endpoints.
 *
 * @param more names of options beyond {@link RequestOptions} that the owner reads itself.
 * @throws ConfigurationError
 */
export function readRequestOptions(
  owner: string,
  options: RequestOptions,
  more: readonly string[] = [],
): RequestSettings {
  refuseUnknownOptions(owner, options, [...more, ...optionNames]);
  const { trustedProxies, bodyTimeoutSeconds = 10 } = options;
  return {
    trustedProxies:
      trustedProxies === undefined ? undefined : readTrustedProxies(`${owner}.trustedProxies`, trustedProxies),
    bodyTimeoutSeconds: requireInteger(`${owner}.bodyTimeoutSeconds`, bodyTimeoutSeconds, 1, 3600),
  };
}

/**
 * The one AuthRequest of a native request, made at its first gate.
 *
 * At every gate the path and the method that Express routes by must still be those that are judged.
 *
 * @param notes those on the request, for who has them at hand.
 * @throws AuthError `configuration_error` where something has changed them, or where two gates disagree about the proxies.
 */
export function toAuthRequest(
  req: GateRequest,
  settings: RequestSettings,
  notes: RequestNotes = notesOn(req),
): AuthRequest {
  let { request } = notes;
  if (request === undefined) {
    request = makeRequest(req, notes, settings);
    notes.request = request;
    notes.proxies = settings.trustedProxies?.key;
  } else {
    if (settings.trustedProxies !== undefined && settings.trustedProxies.key !== notes.proxies) {
      throw misuse("two gates of this request name different trustedProxies");
    }
    requireUnchanged(req, request);
  }
  requireRouted(req, request);
  return request;
}

/** A request in the making; spreading optional members into it would cost more than all else here. */
type RequestDraft = { -readonly [Name in keyof AuthRequest]: AuthRequest[Name] };

function makeRequest(
  req: GateRequest,
  notes: RequestNotes,
  { trustedProxies, bodyTimeoutSeconds }: RequestSettings,
): AuthRequest {
  const headers = new RequestHeaders(req.rawHeaders);
  const peer = req.socket.remoteAddress;
  const draft: RequestDraft = {
    method: req.method ?? "",
    target: req.originalUrl,
    wire: true,
    headers,
    body: (limit) => readBody(notes, headers, limit, bodyTimeoutSeconds),
  };
  const remoteAddress = callerAddress(peer, headers.all("x-forwarded-for"), trustedProxies);
  if (remoteAddress !== undefined) draft.remoteAddress = remoteAddress;
  const host = trustedProxies && forwardedHost(peer, headers.all("x-forwarded-host"), trustedProxies);
  if (host !== undefined) draft.forwardedHost = host;
  return draft;
}

function requireUnchanged(req: GateRequest, request: AuthRequest): void {
  if (req.method !== request.method) throw misuse("something changed req.method between two gates");
  if (req.originalUrl !== request.target) throw misuse("something changed req.originalUrl between two gates");
}

function requireRouted(req: GateRequest, request: AuthRequest): void {
  // Express cuts some of the targets that are refused anyway in its own way; those are the caller's fault, not the server's.
  if (!routesTarget(req, request.target) && isCanonical(request)) throw misuse("something rewrote req.url");
}

function isCanonical(request: AuthRequest): boolean {
  try {
    parseTarget(request.target);
    return true;
  } catch {
    return false;
  }
}

/** Whether Express routes by the target: the mount path and what is left of the target make up the whole. */
function routesTarget({ baseUrl, url = "" }: GateRequest, target: string): boolean {
  if (baseUrl + url === target) return true;
  // Where nothing is left of the path below a mount path, Express puts a slash: "/api?x" under "/api" is "/?x".
  return (url === "/" || url.startsWith("/?")) && baseUrl + url.slice(1) === target;
}

function misuse(reason: string): AuthError {
  return new AuthError("configuration_error", { reason });
}
