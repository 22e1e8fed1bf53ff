import { randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import aws4 from "aws4";
import type { SigningCredentials } from "poolgate/testing";
import { ownAddress } from "./own-address.ts";

/** A request as it goes over the wire. */
export interface Signed {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body?: string;
}

/** What became of a request. */
export interface Outcome {
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  /** Milliseconds since 1970. */
  readonly answeredAt: number;
  /** Undefined where the connection failed. */
  readonly status?: number;
  /** The code of the refusal, or of the failed connection. */
  readonly code?: string;
  readonly retryAfter?: string;
}

const service = "api.example.com";
const region = "eu-west-1";

/** Credentials of a caller, drawn at random. */
export function drawCredentials(): SigningCredentials {
  return {
    accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64"),
    sessionToken: randomBytes(300).toString("base64"),
  };
}

/** Signs a GET of an article. */
export function signRead(credentials: SigningCredentials): Signed {
  return sign({ method: "GET", path: `/articles/${randomBytes(4).toString("hex")}` }, credentials);
}

/** Signs a POST of an article, with a nonce, so that no two have one signature. */
export function signWrite(credentials: SigningCredentials): Signed {
  return sign({ method: "POST", path: "/articles", body: JSON.stringify({ title: "load" }) }, credentials);
}

function sign(wanted: { method: string; path: string; body?: string }, credentials: SigningCredentials): Signed {
  const signed = aws4.sign(
    {
      ...wanted,
      service,
      region,
      headers: {
        Host: service,
        "X-Amz-Request-Nonce": randomBytes(12).toString("hex"),
        ...(wanted.body !== undefined && { "Content-Type": "application/json" }),
      },
    },
    credentials,
  );
  return { ...wanted, headers: { ...(signed.headers as Record<string, string | number>) } };
}

/** Sends requests to gateways over connections that are kept. */
export interface Sender {
  send(port: number, signed: Signed): Promise<Outcome>;
  close(): void;
}

/** Makes a sender; it never rejects: a connection that fails is an outcome. */
export function createSender(): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  return {
    close: () => agent.destroy(),
    send(port, { method, path, headers, body }) {
      const sentAt = Date.now();
      return new Promise((resolve) => {
        const fail = (fault: Error) =>
          resolve({ sentAt, answeredAt: Date.now(), code: "code" in fault ? String(fault.code) : fault.name });
        const sent = request({ agent, host: ownAddress, port, method, path, headers: { ...headers } }, (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
          });
          response.on("error", fail);
          response.on("end", () => {
            const retryAfter = response.headers["retry-after"];
            const code = response.statusCode === 200 ? undefined : codeOf(text);
            resolve({
              sentAt,
              answeredAt: Date.now(),
              status: response.statusCode ?? 0,
              ...(code !== undefined && { code }),
              ...(retryAfter !== undefined && { retryAfter }),
            });
          });
        });
        sent.on("error", fail);
        sent.end(body);
      });
    },
  };
}

function codeOf(text: string): string {
  try {
    const { code } = JSON.parse(text) as { readonly code?: unknown };
    return String(code);
  } catch {
    return "no problem document";
  }
}
