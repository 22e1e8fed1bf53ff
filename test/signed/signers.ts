import { signRequest as amplifySign } from "@aws-amplify/core/internals/aws-client-utils";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { SignatureV4 as OldSignatureV4 } from "@aws-sdk/signature-v4";
import { SignatureV4 } from "@smithy/signature-v4";
import { createSignedFetcher } from "aws-sigv4-fetch";
import aws4 from "aws4";
import { AwsV4Signer } from "aws4fetch";
import { credentials, now, type Received } from "./gate.ts";
import { NodeSha256 } from "./node-sha256.ts";

/** A request that a program asks a signer to sign and send. */
export interface Wanted {
  readonly method: string;
  /** As on the wire. */
  readonly path: string;
  /** As on the wire, without `?`. */
  readonly query?: string;
  /** In any case, beside what the signer adds; a content type of JSON by default where there is a body. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** The service and region that the signers sign for. */
const service = "api.example.com";
const region = "eu-west-1";

const headersOf = ({ headers, body }: Wanted): Record<string, string> => ({
  ...(headers ?? (body !== undefined && { "content-type": "application/json" })),
});
const targetOf = ({ path, query }: Wanted) => path + (query === undefined ? "" : `?${query}`);
const urlOf = (wanted: Wanted) => new URL(`https://${service}${targetOf(wanted)}`);
const escapeStrictly = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** The query as the SDK's requests hold it, and as its handlers then write it. */
export function queryBag(query = ""): { bag: Record<string, string | string[]>; text: string } {
  const bag: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(`?${query}`)) {
    const earlier = bag[name];
    bag[name] = earlier === undefined ? value : [...(Array.isArray(earlier) ? earlier : [earlier]), value];
  }
  const pieces = Object.keys(bag)
    .sort()
    .flatMap((name) =>
      [bag[name] as string | string[]].flat().map((value) => `${escapeStrictly(name)}=${escapeStrictly(value)}`),
    );
  return { bag, text: pieces.join("&") };
}

async function bySignatureV4(signer: SignatureV4 | OldSignatureV4, wanted: Wanted): Promise<Received> {
  const { bag, text } = queryBag(wanted.query);
  const signed = await signer.sign(
    {
      method: wanted.method,
      protocol: "https:",
      hostname: service,
      path: wanted.path,
      query: bag,
      headers: { host: service, ...headersOf(wanted) },
      body: wanted.body,
    },
    { signingDate: now },
  );
  return {
    method: wanted.method,
    target: wanted.path + (text === "" ? "" : `?${text}`),
    headers: Object.entries(signed.headers),
    body: wanted.body ?? "",
  };
}

/** Every signer for JavaScript that callers of a gate are likely to use. */
export const signers: Readonly<Record<string, (wanted: Wanted) => Promise<Received>>> = {
  async aws4(wanted) {
    const { method, body } = wanted;
    const signed = aws4.sign(
      {
        method,
        host: service,
        service,
        region,
        path: targetOf(wanted),
        headers: { "X-Amz-Date": now.toISOString().replace(/[-:]|\.\d{3}/g, ""), ...headersOf(wanted) },
        ...(body !== undefined && { body: typeof body === "string" ? body : Buffer.from(body) }),
      },
      credentials,
    );
    const headers = Object.entries(signed.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
    return { method, target: signed.path as string, headers, body: body ?? "" };
  },

  async aws4fetch(wanted) {
    const signer = new AwsV4Signer({
      ...credentials,
      method: wanted.method,
      url: urlOf(wanted).href,
      service,
      region,
      datetime: now.toISOString().replace(/[-:]|\.\d{3}/g, ""),
      headers: headersOf(wanted),
      ...(wanted.body !== undefined && { body: wanted.body }),
    });
    const { method, url, headers } = await signer.sign();
    return {
      method,
      target: url.pathname + url.search,
      headers: [["host", url.host], ...headers],
      body: wanted.body ?? "",
    };
  },

  "@smithy/signature-v4": (wanted) =>
    bySignatureV4(new SignatureV4({ credentials, service, region, sha256: NodeSha256 }), wanted),

  "@smithy/signature-v4 without a checksum header": (wanted) =>
    bySignatureV4(new SignatureV4({ credentials, service, region, sha256: NodeSha256, applyChecksum: false }), wanted),

  "@aws-sdk/signature-v4": (wanted) =>
    bySignatureV4(new OldSignatureV4({ credentials, service, region, sha256: NodeSha256 }), wanted),

  async "@aws-amplify/core"(wanted) {
    const { method, url, headers } = amplifySign(
      {
        method: wanted.method,
        url: urlOf(wanted),
        headers: headersOf(wanted),
        body: wanted.body,
      },
      { credentials, signingDate: now, signingRegion: region, signingService: service },
    );
    return { method, target: url.pathname + url.search, headers: Object.entries(headers), body: wanted.body ?? "" };
  },

  async "aws-sigv4-fetch"(wanted) {
    let sent: Request | undefined;
    const signedFetch = createSignedFetcher({
      service,
      region,
      credentials,
      fetch: async (input) => {
        sent = input as Request;
        return new Response();
      },
    });
    const { method, body } = wanted;
    await signedFetch(urlOf(wanted).href, { method, headers: headersOf(wanted), ...(body !== undefined && { body }) });
    const { url, headers } = sent as unknown as Request;
    const { pathname, search, host } = new URL(url);
    const others = [...headers].filter(([name]) => name !== "host");
    return { method, target: pathname + search, headers: [["host", host], ...others], body: body ?? "" };
  },
};

/** What an unmodified STS client sends to a gateway that stands at its endpoint; it signs for the service `sts`. */
export async function callerIdentityRequest(): Promise<Received> {
  let sent: Received | undefined;
  const client = new STSClient({
    region,
    credentials,
    endpoint: `https://${service}`,
    maxAttempts: 1,
    requestHandler: {
      async handle(request: { method: string; path: string; headers: Record<string, string>; body: unknown }) {
        sent = {
          method: request.method,
          target: request.path,
          headers: Object.entries(request.headers),
          body: String(request.body),
        };
        throw new Error("not sent");
      },
    },
  });
  await client.send(new GetCallerIdentityCommand({})).catch(() => undefined);
  return sent as unknown as Received;
}
