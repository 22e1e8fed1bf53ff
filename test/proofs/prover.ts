import { createHash, createHmac, randomBytes } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { Sha256 } from "../../src/testing/sha256.ts";

/** Temporary credentials of AWS. */
export interface ProverCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** A caller who proves himself, as a client in another language would: nothing of poolgate's own code signs here. */
export interface Prover {
  readonly credentials: ProverCredentials;
  readonly region: string;
  /** The endpoint of STS, such as `http://127.0.0.1:4567`. */
  readonly sts: string;
  /** The time of signing. */
  readonly date: Date;
}

const body = "Action=GetCallerIdentity&Version=2011-06-15";
const signable = ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-poolgate-binding"];

/** Signs GetCallerIdentity over the lines, by the signer of the AWS SDK. */
async function prove({ credentials, region, sts, date }: Prover, lines: readonly string[]) {
  const { hostname, port, protocol, host } = new URL(sts);
  const signer = new SignatureV4({ credentials, region, service: "sts", sha256: Sha256, applyChecksum: false });
  const { headers } = await signer.sign(
    {
      ...{ method: "POST", protocol, hostname, path: "/", query: {}, body },
      ...(port !== "" && { port: Number(port) }),
      headers: {
        host,
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "x-poolgate-binding": sha256(lines.map((line) => `${line}\n`).join("")),
      },
    },
    { signingDate: date, signableHeaders: new Set(signable) },
  );
  const [, signedHeaders, sig] = /SignedHeaders=([^,]+), Signature=(\w+)$/.exec(String(headers.authorization)) ?? [];
  if (signedHeaders !== signable.join(";")) throw new Error(`signed were ${signedHeaders}`);
  return { date: String(headers["x-amz-date"]), sig: String(sig) };
}

/** What an enrollment may differ in. */
export interface EnrollmentChanges {
  readonly audience?: string;
  readonly service?: string;
  readonly mode?: "virtual" | "derived";
  readonly key?: string;
  readonly exp?: number;
  readonly nonce?: string;
  readonly idToken?: string;
}

/** Makes the message of an enrollment at `api.example.com`. */
export async function enrollmentMessage(prover: Prover, changes: EnrollmentChanges = {}) {
  const { credentials, region, date } = prover;
  const { audience = "api.example.com", service = audience, mode = "virtual", idToken } = changes;
  const { nonce = randomText(16), exp = Math.floor(date.getTime() / 1_000) + 900 } = changes;
  const { key = mode === "virtual" ? randomText(32) : derivedKeys(prover, service).toString("base64url") } = changes;
  const keyBytes = mode === "virtual" ? Buffer.from(key, "utf8") : Buffer.from(key, "base64url");
  const signed = await prove(prover, [
    ...["poolgate-enroll/v1", audience, mode, credentials.accessKeyId, region, service],
    ...[sha256(keyBytes), String(exp), nonce, idToken === undefined ? "" : sha256(idToken)],
  ]);
  return {
    v: "poolgate-enroll/v1",
    mode,
    akid: credentials.accessKeyId,
    token: credentials.sessionToken,
    ...{ ...signed, region, key, exp, nonce },
    ...(idToken !== undefined && { idToken }),
  };
}

/** What a proof in a request commits to. */
export interface ProvenRequestParts {
  readonly audience?: string;
  readonly method?: string;
  readonly target?: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly exp?: number;
  readonly nonce?: string;
}

/** Makes the proof of a request to `api.example.com`. */
export async function requestProof(prover: Prover, parts: ProvenRequestParts = {}) {
  const { credentials, region, date } = prover;
  const { audience = "api.example.com", method = "GET", target = "/", contentType = "", body: content = "" } = parts;
  const { nonce = randomText(16), exp = Math.floor(date.getTime() / 1_000) + 60 } = parts;
  const lines = ["poolgate-request/v1", audience, method, target, contentType, sha256(content), String(exp), nonce];
  const signed = await prove(prover, lines);
  const { accessKeyId: akid, sessionToken: token } = credentials;
  return { v: "poolgate-request/v1", akid, token, ...signed, region, exp, nonce };
}

/** The `Authorization` header of a proof. */
export function authorizationOf(proof: object): string {
  return `Poolgate-Request ${Buffer.from(JSON.stringify(proof)).toString("base64url")}`;
}

/** The signing keys of the day of the proof and of the next. */
export function derivedKeys({ credentials, region, date }: Prover, service: string): Buffer {
  return Buffer.concat(
    [0, 86_400_000].map((ahead) => {
      const day = new Date(date.getTime() + ahead).toISOString().slice(0, 10).replaceAll("-", "");
      const steps = [day, region, service, "aws4_request"];
      return steps.reduce<Buffer>(
        (key, step) => createHmac("sha256", key).update(step).digest(),
        Buffer.from(`AWS4${credentials.secretAccessKey}`),
      );
    }),
  );
}

/** Random bytes in base64url. */
export function randomText(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}

function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}
