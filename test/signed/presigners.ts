import { SignatureV4 as OldSignatureV4 } from "@aws-sdk/signature-v4";
import { SignatureV4 } from "@smithy/signature-v4";
import aws4 from "aws4";
import { AwsV4Signer } from "aws4fetch";
import { credentials, now, type Received } from "./gate.ts";
import { NodeSha256 } from "./node-sha256.ts";

/** A URL that a program asks for. */
export interface WantedUrl {
  readonly method: string;
  /** As on the wire. */
  readonly path: string;
  /** The caller's own pairs, no name twice. */
  readonly query: Readonly<Record<string, string>>;
  readonly seconds: number;
}

const service = "api.example.com";
const region = "eu-west-1";
const datetime = now.toISOString().replace(/[-:]|\.\d{3}/g, "");

async function bySignatureV4(signer: SignatureV4 | OldSignatureV4, wanted: WantedUrl): Promise<Received> {
  const { method, path, query, seconds } = wanted;
  const signed = await signer.presign(
    { method, protocol: "https:", hostname: service, path, query: { ...query }, headers: { host: service } },
    { signingDate: now, expiresIn: seconds },
  );
  const search = new URLSearchParams(signed.query as Record<string, string>);
  return { method, target: `${path}?${search}`, headers: [["host", service]], body: "" };
}

/** Every presigner for JavaScript that callers of a gate are likely to use. */
export const presigners: Readonly<Record<string, (wanted: WantedUrl) => Promise<Received>>> = {
  "@smithy/signature-v4": (wanted) =>
    bySignatureV4(new SignatureV4({ credentials, service, region, sha256: NodeSha256 }), wanted),

  "@aws-sdk/signature-v4": (wanted) =>
    bySignatureV4(new OldSignatureV4({ credentials, service, region, sha256: NodeSha256 }), wanted),

  async aws4({ method, path, query, seconds }) {
    const search = new URLSearchParams({ ...query, "X-Amz-Expires": String(seconds), "X-Amz-Date": datetime });
    const signed = aws4.sign(
      { method, host: service, service, region, path: `${path}?${search}`, signQuery: true },
      credentials,
    );
    return { method, target: signed.path as string, headers: [["host", service]], body: "" };
  },

  async aws4fetch({ method, path, query, seconds }) {
    const search = new URLSearchParams({ ...query, "X-Amz-Expires": String(seconds) });
    const url = `https://${service}${path}?${search}`;
    const signed = await new AwsV4Signer({
      ...credentials,
      method,
      url,
      service,
      region,
      datetime,
      signQuery: true,
    }).sign();
    return { method, target: signed.url.pathname + signed.url.search, headers: [["host", service]], body: "" };
  },
};
