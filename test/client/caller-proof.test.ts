import { startPools } from "poolgate/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bindingHeader,
  callerIdentityBody,
  callerIdentityType,
  proofSignedHeaders,
} from "../../src/caller-identity.ts";
import { type CallerProofInput, readStsEndpoint, signCallerProof } from "../../src/client/caller-proof.ts";
import { hexSha256 } from "../../src/client/hex-sha256.ts";

let pools: Awaited<ReturnType<typeof startPools>>;
beforeAll(async () => {
  pools = await startPools({ roles: { editors: "ArticleEditor" } });
});
afterAll(() => pools.close());

const lines = "poolgate-enroll/v1\napi.example.com\n";

/** Builds the request again as a gate does, and puts it to STS. */
async function askSts(input: CallerProofInput, binding: string): Promise<{ status: number; text: string }> {
  const { date, signature } = await signCallerProof(input);
  const { accessKeyId, sessionToken } = input.credentials;
  const scope = `${date.slice(0, 8)}/${input.region}/sts/aws4_request`;
  const answer = await fetch(input.stsEndpoint, {
    method: "POST",
    headers: {
      "content-type": callerIdentityType,
      "x-amz-date": date,
      "x-amz-security-token": sessionToken,
      [bindingHeader]: binding,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${proofSignedHeaders}, Signature=${signature}`,
    },
    body: callerIdentityBody,
  });
  return { status: answer.status, text: await answer.text() };
}

describe("the proof of a caller", () => {
  it("is what STS takes for the request that a gate builds, with exactly the headers of the protocol", async () => {
    const credentials = await pools.credentials({ name: "ada", groups: ["editors"] });
    const stsEndpoint = new URL(pools.endpoints.sts);
    const input = { credentials, region: pools.region, stsEndpoint, lines, time: Date.now() };
    const answer = await askSts(input, await hexSha256(lines));
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(":assumed-role/ArticleEditor/CognitoIdentityCredentials</Arn>");
  });

  it("is of no use with another binding", async () => {
    const credentials = await pools.credentials({ name: "ada", groups: ["editors"] });
    const stsEndpoint = new URL(pools.endpoints.sts);
    const input = { credentials, region: pools.region, stsEndpoint, lines, time: Date.now() };
    const answer = await askSts(input, await hexSha256(`${lines}more`));
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("<Code>SignatureDoesNotMatch</Code>");
  });
});

describe("the STS endpoint that proofs are signed for", () => {
  it("is the public one of the region by default", () => {
    expect(readStsEndpoint("enroll.stsEndpoint", undefined, "eu-west-1").href).toBe(
      "https://sts.eu-west-1.amazonaws.com/",
    );
  });

  it("must be https or on this machine", () => {
    expect(readStsEndpoint("enroll.stsEndpoint", "http://127.0.0.1:4000", "eu-west-1").host).toBe("127.0.0.1:4000");
    expect(() => readStsEndpoint("enroll.stsEndpoint", "http://sts.example.com", "eu-west-1")).toThrow(
      "enroll.stsEndpoint: must begin with https:",
    );
  });
});
