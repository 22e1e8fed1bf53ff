import { ConfigurationError, refuseUnknownOptions, requireInteger } from "../configuration.ts";
import type { AuthRequest } from "../request.ts";
import { compileRoleMap, type JudgeRole, type RoleMap } from "../role-map.ts";
import type { Sessions } from "../sessions/session.ts";
import { type CanonicalPaths, canonicalPaths, singleEncodedPaths } from "../sigv4/canonical-path.ts";
import { rememberingReader } from "../sigv4/signed-headers.ts";
import type { ReplayProtection } from "./replay-guard.ts";
import type { SigningRules } from "./signed-message.ts";
import type { UnsignedPayloadTest } from "./stated-payload.ts";

/** What `signedRequest` accepts of presigned URLs. */
export interface PresignedUrlOptions {
  /** The longest life of a presigned URL in seconds, 1 to 900: what `X-Amz-Expires` may be at most. */
  readonly maxSeconds: number;
}

/** What `signedRequest` takes. */
export interface SignedRequestOptions {
  /** The sessions whose callers may sign; they settle the region, the service, the skew and the clock. */
  readonly sessions: Sessions;
  /**
   * The accepted IAM roles and what each stands for; no role by default. It applies to sessions of kind role or guest;
   * users and clients keep the groups of their token and need no entry.
   */
  readonly roles?: RoleMap;
  /**
   * The values of `Host` that this gate answers for, with the port where clients send one: a `Host` of
   * `api.example.com:8443` matches `api.example.com:8443` alone. Upper and lower case are alike. The service name of the
   * sessions by default.
   */
  readonly hosts?: readonly string[];
  /**
   * What clients sign ahead of the path that arrives here, such as `/prod` for a stage of API Gateway; empty by default.
   * Policies judge the path without it.
   */
  readonly basePath?: string;
  /** The largest body in bytes; a larger one is `body_too_large`. 1 MiB by default. */
  readonly bodyLimitBytes?: number;
  /**
   * The most bodies that are read at one time, 256 by default; one session may take a quarter of them. A further one is
   * `overloaded`.
   */
  readonly bodyReaders?: number;
  /** Whether a `content-type` must be signed; false by default, since aws4fetch never signs it. */
  readonly requireContentType?: boolean;
  /** Names in lower case of `x-amz-*` headers that the operator's own proxy adds, which therefore need no signature. */
  readonly unsignedHeaders?: readonly string[];
  /**
   * Which signatures count once only; a second use is `request_replayed`. `off` by default. `unsafe-methods` covers all but GET,
   * HEAD, OPTIONS and TRACE.
   *
   * Each protected request costs one write to the store of the sessions. Where the store cannot answer, the request is refused
   * with `store_unavailable`. Two like requests of one second have one signature: clients add a signed `x-amz-request-nonce`.
   */
  readonly replayProtection?: ReplayProtection;
  /** Accepts presigned URLs, for GET and HEAD; none by default. */
  readonly presignedUrls?: PresignedUrlOptions;
  /**
   * Which requests may leave their body out of the signature, where the signed `x-amz-content-sha256` is `UNSIGNED-PAYLOAD`;
   * none by default. Only `true` lets one. It is asked before the signature is checked, and the body of such a request is not
   * read. What it throws is `configuration_error`.
   */
  readonly unsignedPayload?: (request: AuthRequest) => boolean;
  /**
   * The host that callers sign, one of `hosts`, where a proxy puts another into `Host`: it takes the place of the `Host` that
   * arrives, which is then not looked at.
   */
  readonly signedHost?: string;
  /**
   * Whether callers sign the host that a trusted proxy forwards, in place of the `Host` that arrives; false by default. A
   * request without a forwarded host is then `host_not_accepted`. Name the proxies in `trustedProxies` of the Express adapter;
   * other adapters never have one.
   */
  readonly forwardedHost?: boolean;
  /**
   * How callers encode the path when they sign: `double` (default), as every service of AWS but S3 has it, or `single`, as S3
   * has it and curl 7.88 does it. The two are never tried in turn.
   */
  readonly pathEncoding?: "double" | "single";
}

/** The options of `signedRequest`, checked, with their defaults. */
export interface SignedRequestSettings {
  readonly sessions: Sessions;
  readonly rules: SigningRules;
  readonly judgeRole: JudgeRole;
  readonly bodyLimitBytes: number;
  readonly bodyReaders: number;
  readonly replayProtection: ReplayProtection;
}

const optionNames = [
  "sessions",
  "roles",
  "hosts",
  "basePath",
  "bodyLimitBytes",
  "bodyReaders",
  "requireContentType",
  "unsignedHeaders",
  "replayProtection",
  "presignedUrls",
  "unsignedPayload",
  "signedHost",
  "forwardedHost",
  "pathEncoding",
] as const;

const mebibyte = 1024 * 1024;

/** Checks the options of `signedRequest` once, when it is constructed. */
export function readSignedRequestOptions(options: SignedRequestOptions): SignedRequestSettings {
  refuseUnknownOptions("signedRequest", options, optionNames);
  const { sessions, roles, hosts, basePath = "", unsignedHeaders = [], requireContentType = false } = options;
  const { bodyLimitBytes = mebibyte, bodyReaders = 256 } = options;
  if (typeof sessions?.find !== "function") {
    throw new ConfigurationError(
      "missing_option",
      "signedRequest.sessions",
      "pass what createSessions({ ... }) returns",
    );
  }
  if (typeof requireContentType !== "boolean" || gotLost(options, "requireContentType")) {
    throw invalid("requireContentType", "write true or false");
  }
  const accepted = readHosts(hosts, sessions.service);
  return {
    sessions,
    replayProtection: readReplayProtection(options),
    judgeRole: compileRoleMap("signedRequest.roles", roles === undefined ? {} : roles),
    bodyLimitBytes: requireInteger("signedRequest.bodyLimitBytes", bodyLimitBytes, 0, 1024 * mebibyte),
    bodyReaders: requireInteger("signedRequest.bodyReaders", bodyReaders, 1, 1_000_000),
    rules: {
      region: sessions.region,
      service: sessions.service,
      hosts: accepted,
      hostOf: readHostOf(options, accepted),
      basePath: readBasePath(basePath),
      canonicalPaths: readPathEncoding(options.pathEncoding),
      requireContentType,
      unsignedHeaders: readUnsignedHeaders(unsignedHeaders),
      unsignedPayload: readUnsignedPayload(options.unsignedPayload),
      presignedSeconds: readPresignedSeconds(options.presignedUrls),
      readSignedHeaders: rememberingReader(),
    },
  };
}

/** Whether a setting got lost on the way here; where it is a check, its default must not switch that off in silence. */
function gotLost(options: SignedRequestOptions, name: keyof SignedRequestOptions): boolean {
  return name in options && options[name] === undefined;
}

function readReplayProtection(options: SignedRequestOptions): ReplayProtection {
  const { replayProtection = "off" } = options;
  const known = replayProtection === "off" || replayProtection === "unsafe-methods" || replayProtection === "all";
  if (known && !gotLost(options, "replayProtection")) return replayProtection;
  throw invalid("replayProtection", 'write "off", "unsafe-methods" or "all"');
}

function readPresignedSeconds(presignedUrls: unknown): number {
  if (presignedUrls === undefined) return 0;
  refuseUnknownOptions("signedRequest.presignedUrls", presignedUrls, ["maxSeconds"]);
  const { maxSeconds } = presignedUrls as Partial<PresignedUrlOptions>;
  return requireInteger("signedRequest.presignedUrls.maxSeconds", maxSeconds, 1, 900);
}

function readUnsignedPayload(unsignedPayload: unknown): UnsignedPayloadTest | undefined {
  if (unsignedPayload === undefined || typeof unsignedPayload === "function") {
    // What it takes and gives cannot be told before it is called; its answer is compared with true.
    return unsignedPayload as UnsignedPayloadTest | undefined;
  }
  throw invalid("unsignedPayload", "write (request) => ..., which gives true or false");
}

function readPathEncoding(pathEncoding: unknown): CanonicalPaths {
  if (pathEncoding === undefined || pathEncoding === "double") return canonicalPaths;
  if (pathEncoding === "single") return singleEncodedPaths;
  throw invalid("pathEncoding", 'write "double" or "single"');
}

function readHostOf(
  { signedHost, forwardedHost = false }: SignedRequestOptions,
  hosts: ReadonlySet<string>,
): SigningRules["hostOf"] {
  if (typeof forwardedHost !== "boolean") throw invalid("forwardedHost", "write true or false");
  if (signedHost === undefined) return forwardedHost ? (request) => request.forwardedHost : undefined;
  if (typeof signedHost !== "string" || !hosts.has(signedHost.toLowerCase())) {
    throw invalid("signedHost", "write one of hosts, such as api.example.com");
  }
  if (forwardedHost) throw invalid("signedHost", "write signedHost or forwardedHost, not both");
  return () => signedHost;
}

function readHosts(hosts: unknown, service: string): ReadonlySet<string> {
  if (hosts === undefined) {
    if (service.includes(".")) return new Set([service.toLowerCase()]);
    throw new ConfigurationError("missing_option", "signedRequest.hosts", "list them, for the service is no host name");
  }
  const list = readList("hosts", hosts, /^[\w.-]+(?::\d{1,5})?$|^\[[\da-f:.]+\](?::\d{1,5})?$/i, "api.example.com");
  if (list.length === 0) throw invalid("hosts", "list at least one");
  return new Set(list.map((host) => host.toLowerCase()));
}

function readBasePath(basePath: unknown): string {
  if (typeof basePath !== "string" || !/^(?:\/[\w~-][\w.~-]*)*$/.test(basePath)) {
    throw invalid("basePath", "write segments of unreserved characters such as /prod, without a slash at the end");
  }
  return basePath;
}

function readUnsignedHeaders(names: unknown): ReadonlySet<string> {
  // Those three are read as credentials, so that leaving them unsigned would leave the request unsigned.
  const form = /^x-amz-(?!date$|security-token$|content-sha256$)[a-z\d-]+$/;
  return new Set(readList("unsignedHeaders", names, form, "x-amz-cf-id"));
}

function readList(option: string, value: unknown, form: RegExp, example: string): readonly string[] {
  if (!Array.isArray(value)) throw invalid(option, `write a list such as ["${example}"]`);
  return value.map((item: unknown) => {
    if (typeof item !== "string" || !form.test(item)) throw invalid(option, `each must be of the form ${example}`);
    return item;
  });
}

function invalid(option: string, advice: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `signedRequest.${option}`, advice);
}
