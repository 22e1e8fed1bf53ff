/** Storage that speaks as much of S3 as this example needs: PUT, CORS, Signature Version 4 with the body's hash. */
import { createHash, createHmac, type Hash, type Hmac, timingSafeEqual } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import express, { type Express, type Request } from "express";

/** Credentials that AWS has issued, which S3 knows and others do not. */
export interface IssuedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** What the storage goes by. */
export interface StorageOptions {
  readonly region: string;
  /** The origin of the page, as in the CORS configuration of a bucket. */
  readonly origin: string;
  /** What the policy of every role allows: objects whose key begins so. */
  readonly prefix: string;
  readonly issued: (accessKeyId: string) => IssuedCredentials | undefined;
}

/** Makes the storage; each object that was put stands in `objects`. */
export function createStorage(options: StorageOptions): { app: Express; objects: Map<string, Buffer> } {
  const objects = new Map<string, Buffer>();
  const app = express();
  app.use((req, res, next) => {
    res.set({ "access-control-allow-origin": options.origin, "access-control-allow-methods": "PUT" });
    res.set("access-control-allow-headers", req.get("access-control-request-headers") ?? "");
    if (req.method === "OPTIONS") res.status(204).end();
    else next();
  });
  app.put("/*key", express.raw({ type: () => true, limit: "5mb" }), async (req, res) => {
    const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    const refusal = await refuse(req, body, options);
    if (refusal !== undefined) return void res.status(403).type("xml").send(`<Error><Code>${refusal}</Code></Error>`);
    objects.set(req.path, body);
    res.status(200).end();
  });
  return { app, objects };
}

const authorizationForm =
  /^AWS4-HMAC-SHA256 Credential=(\w+)\/\d{8}\/[\w-]+\/s3\/aws4_request, SignedHeaders=([\w;-]+), Signature=[0-9a-f]{64}$/;

/** The code that S3 refuses with: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
async function refuse(req: Request, body: Buffer, options: StorageOptions): Promise<string | undefined> {
  const [authorization = "", accessKeyId = "", names = ""] =
    authorizationForm.exec(req.get("authorization") ?? "") ?? [];
  const credentials = options.issued(accessKeyId);
  if (credentials === undefined) return "InvalidAccessKeyId";
  if (req.get("x-amz-security-token") !== credentials.sessionToken) return "InvalidToken";
  const signingDate = dateOf(req.get("x-amz-date") ?? "");
  if (!(Math.abs(Date.now() - signingDate.getTime()) < 15 * 60_000)) return "RequestTimeTooSkewed";
  if (req.get("x-amz-content-sha256") !== createHash("sha256").update(body).digest("hex")) {
    return "XAmzContentSHA256Mismatch";
  }
  const signedNames = names.split(";");
  const { region } = options;
  const signer = new SignatureV4({ credentials, region, service: "s3", sha256: Sha256, uriEscapePath: false });
  const headers = Object.fromEntries(signedNames.map((name) => [name, req.get(name) ?? ""]));
  const { method, path } = req;
  const signed = await signer.sign(
    { method, protocol: "http:", hostname: req.hostname, path, headers },
    { signingDate, signableHeaders: new Set(signedNames) },
  );
  const expected = Buffer.from(signed.headers.authorization ?? "");
  const given = Buffer.from(authorization);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return "SignatureDoesNotMatch";
  return path.startsWith(options.prefix) ? undefined : "AccessDenied";
}

function dateOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

/** SHA-256 as the signer takes it. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
