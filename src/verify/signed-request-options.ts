import { ConfigurationError, refuseUnknownOptions, requireInteger } from "../configuration.ts";
import { compileRoleMap, type JudgeRole, type RoleMap } from "../role-map.ts";
import type { Sessions } from "../sessions/session.ts";
import { rememberingReader } from "../sigv4/signed-headers.ts";
import type { SigningRules } from "./signed-message.ts";

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
}

/** The options of `signedRequest`, checked, with their defaults. */
export interface SignedRequestSettings {
  readonly sessions: Sessions;
  readonly rules: SigningRules;
  readonly judgeRole: JudgeRole;
  readonly bodyLimitBytes: number;
  readonly bodyReaders: number;
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
  if (typeof requireContentType !== "boolean") throw invalid("requireContentType", "write true or false");
  return {
    sessions,
    judgeRole: compileRoleMap("signedRequest.roles", roles === undefined ? {} : roles),
    bodyLimitBytes: requireInteger("signedRequest.bodyLimitBytes", bodyLimitBytes, 0, 1024 * mebibyte),
    bodyReaders: requireInteger("signedRequest.bodyReaders", bodyReaders, 1, 1_000_000),
    rules: {
      region: sessions.region,
      service: sessions.service,
      hosts: readHosts(hosts, sessions.service),
      basePath: readBasePath(basePath),
      requireContentType,
      unsignedHeaders: readUnsignedHeaders(unsignedHeaders),
      readSignedHeaders: rememberingReader(),
    },
  };
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
