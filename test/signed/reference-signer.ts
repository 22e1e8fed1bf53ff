import { createHash, createHmac } from "node:crypto";
import { credentials, now, type Received } from "./gate.ts";

/** What to sign, and how far to stray from the usual way. */
export interface ToSign {
  readonly method?: string;
  /** As on the wire. */
  readonly path?: string;
  /** As on the wire, without `?`. */
  readonly query?: string;
  readonly body?: string;
  /** Beside `host`, `x-amz-date` and `x-amz-security-token`; lower-case names, all signed. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly date?: Date;
  readonly host?: string;
  readonly region?: string;
  readonly service?: string;
  readonly sessionToken?: string | undefined;
  /** How the query is signed; `strict` by default. */
  readonly queryForm?: "strict" | "sorted" | "wire";
  /** Whether `! ' ( ) *` of the path are left as they are. */
  readonly loosePath?: boolean;
  /** The path that is signed in place of the one that is sent. */
  readonly signedPath?: string;
  /** What is signed in place of the hash of the body. */
  readonly payload?: string;
  /** Names to take out of SignedHeaders, or to put into it. */
  readonly leaveOut?: readonly string[];
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
const strictly = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, percent);
const joined = (pairs: readonly (readonly [string, string])[]) =>
  pairs.map(([name, value]) => `${name}=${value}`).join("&");
const byNameThenValue = (a: readonly [string, string], b: readonly [string, string]) =>
  Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])) || Buffer.compare(Buffer.from(a[1]), Buffer.from(b[1]));

/** The three ways in which signers write the canonical query, on other means than the code under test. */
export const queryForms: Readonly<Record<"strict" | "sorted" | "wire", (query: string) => string>> = {
  strict: (query) =>
    joined(
      [...new URLSearchParams(`?${query}`)].map(([n, v]) => [strictly(n), strictly(v)] as const).sort(byNameThenValue),
    ),
  sorted: (query) =>
    joined(
      query
        .split("&")
        .filter((piece) => piece !== "")
        .map((piece) => [piece.replace(/=.*$/, ""), piece.replace(/^[^=]*=?/, "")] as const)
        .sort(byNameThenValue),
    ),
  wire: (query) => query,
};

/** Signs a request by the specification, and by every deviation that a test asks for. */
export function sign(toSign: ToSign = {}): Received {
  const { method = "POST", path = "/articles", query = "", body = "", date = now, host = "api.example.com" } = toSign;
  const { region = "eu-west-1", service = "api.example.com", queryForm = "strict", leaveOut = [] } = toSign;
  const sessionToken = "sessionToken" in toSign ? toSign.sessionToken : credentials.sessionToken;
  const time = `${date.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const headers: Record<string, string> = { host, "x-amz-date": time, ...toSign.headers };
  if (sessionToken !== undefined) headers["x-amz-security-token"] = sessionToken;
  const names = Object.keys(headers)
    .filter((name) => !leaveOut.includes(name))
    .sort();
  const signedPath = encodeURIComponent(toSign.signedPath ?? path).replaceAll("%2F", "/");
  const canonicalRequest = [
    method,
    toSign.loosePath ? signedPath : signedPath.replace(/[!'()*]/g, percent),
    queryForms[queryForm](query),
    ...names.map((name) => `${name}:${headers[name]?.replace(/[ \t]+/g, " ").replace(/^ | $/g, "")}`),
    "",
    names.join(";"),
    toSign.payload ?? headers["x-amz-content-sha256"] ?? sha256(body),
  ].join("\n");
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  let key = hmac(`AWS4${credentials.secretAccessKey}`, time.slice(0, 8));
  for (const part of [region, service, "aws4_request"]) key = hmac(key, part);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(canonicalRequest)].join("\n")).toString("hex");
  const authorization = [
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}`,
    `SignedHeaders=${names.join(";")}`,
    `Signature=${signature}`,
  ].join(", ");
  return {
    method,
    target: query === "" ? path : `${path}?${query}`,
    headers: [...Object.entries(headers), ["authorization", authorization]],
    body,
  };
}
