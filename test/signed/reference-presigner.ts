import { createHash, createHmac } from "node:crypto";
import { credentials, now, type Received } from "./gate.ts";
import { queryForms } from "./reference-signer.ts";

/** What to presign, and how far to stray from the usual way. */
export interface ToPresign {
  readonly method?: string;
  /** Of unreserved characters. */
  readonly path?: string;
  /** The caller's own query as on the wire, without `?`. */
  readonly query?: string;
  readonly date?: Date;
  /** `X-Amz-Expires`; 300 by default. */
  readonly expires?: string;
  readonly host?: string;
  readonly region?: string;
  readonly service?: string;
  readonly sessionToken?: string | undefined;
  /** Headers to send and sign beside `host`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What is signed in place of the hash of the body. */
  readonly payload?: string;
  /** How the query is signed; `strict` by default. */
  readonly queryForm?: "strict" | "sorted" | "wire";
  /** Pairs as on the wire that are put behind the signature, and left out of it. */
  readonly appended?: string;
  /** Changes the credential's pairs before they are signed. */
  readonly change?: (pairs: Record<string, string>) => Record<string, string>;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** Presigns a URL by the specification, and by every deviation that a test asks for. */
export function presign(toPresign: ToPresign = {}): Received {
  const { method = "GET", path = "/articles", query = "", date = now, expires = "300", body = "" } = toPresign;
  const {
    host = "api.example.com",
    region = "eu-west-1",
    service = "api.example.com",
    queryForm = "strict",
  } = toPresign;
  const sessionToken = "sessionToken" in toPresign ? toPresign.sessionToken : credentials.sessionToken;
  const headers: Record<string, string> = { host, ...toPresign.headers };
  const names = Object.keys(headers).sort();
  const time = `${date.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const pairs = (toPresign.change ?? ((same) => same))({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${credentials.accessKeyId}/${scope}`,
    "X-Amz-Date": time,
    "X-Amz-Expires": expires,
    "X-Amz-SignedHeaders": names.join(";"),
    ...(sessionToken !== undefined && { "X-Amz-Security-Token": sessionToken }),
  });
  const credential = Object.entries(pairs).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const unsigned = [...(query === "" ? [] : [query]), ...credential].join("&");
  const canonicalRequest = [
    method,
    path,
    queryForms[queryForm](unsigned),
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    toPresign.payload ?? headers["x-amz-content-sha256"] ?? sha256(body),
  ].join("\n");
  let key = hmac(`AWS4${credentials.secretAccessKey}`, time.slice(0, 8));
  for (const part of [region, service, "aws4_request"]) key = hmac(key, part);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(canonicalRequest)].join("\n")).toString("hex");
  const appended = toPresign.appended === undefined ? "" : `&${toPresign.appended}`;
  return {
    method,
    target: `${path}?${unsigned}&X-Amz-Signature=${signature}${appended}`,
    headers: Object.entries(headers),
    body,
  };
}
