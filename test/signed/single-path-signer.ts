import { createHash, createHmac } from "node:crypto";
import { credentials, now, type Received } from "./gate.ts";

/**
 * Signs a GET for a service whose path is encoded once: `wire` as it is sent, as curl 7.88 and the S3 signers of the AWS SDKs
 * do, `strict` decoded and encoded again, as aws4 does for S3.
 */
export function signSinglePath(path: string, form: "wire" | "strict", basePath = ""): Received {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const strict = path
    .split("/")
    .map((segment) =>
      [...Buffer.from(decodeURIComponent(segment))]
        .map((byte) => {
          const character = String.fromCharCode(byte);
          return /[\w.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
        })
        .join(""),
    )
    .join("/");
  const time = `${now.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const scope = `${time.slice(0, 8)}/eu-west-1/api.example.com/aws4_request`;
  const headers = {
    host: "api.example.com",
    "x-amz-date": time,
    "x-amz-security-token": credentials.sessionToken,
  };
  const canonicalRequest = [
    "GET",
    basePath + (form === "wire" ? path : strict),
    "",
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    "",
    Object.keys(headers).join(";"),
    sha256(""),
  ].join("\n");
  let key = hmac(`AWS4${credentials.secretAccessKey}`, time.slice(0, 8));
  for (const part of ["eu-west-1", "api.example.com", "aws4_request"]) key = hmac(key, part);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(canonicalRequest)].join("\n")).toString("hex");
  const names = Object.keys(headers).join(";");
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return {
    method: "GET",
    target: path,
    headers: [...Object.entries(headers), ["authorization", authorization]],
    body: "",
  };
}
