import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RequestHeaders } from "../src/request.ts";
import { createSessions } from "../src/sessions/create-sessions.ts";
import { enrollment } from "../src/sessions/enrollment.ts";
import { stsProof } from "../src/verify/sts-proof.ts";
import { authorizationOf, derivedKeys, enrollmentMessage, requestProof } from "./proofs/prover.ts";
import { post, roles } from "./proofs/proving-gate.ts";
import { callerIdentity, fakeAws, type Responder, xml } from "./sessions/fake-aws.ts";

const page = readFileSync(new URL("../docs/enrollment.md", import.meta.url), "utf8");
const section = page.slice(page.indexOf("\n## Worked example"));

/** The value beside a name in the table of the example. */
function value(name: string): string {
  const cell = section.split("\n").find((line) => line.startsWith(`| ${name} | \``));
  return String(cell?.split("`")[1]);
}

const blocks = Array.from(section.matchAll(/^```(?:text|json)\n([\s\S]*?)^```$/gm), ([, text]) => String(text));
const [lines, canonical, toSign, message, answer, days, derived, requestText, binding, proof, header] = blocks.map(
  (block) => block.replace(/\n$/, ""),
) as [string, string, string, string, string, string, string, string, string, string, string];

const time = value("time");
const date = new Date(time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
const prover = {
  credentials: {
    accessKeyId: value("access key id"),
    secretAccessKey: value("secret access key"),
    sessionToken: value("session token"),
  },
  region: value("region of STS and of the gate"),
  ...{ sts: "https://sts.eu-west-1.amazonaws.com", date },
};
const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

function signature(text: string): string {
  const steps = [time.slice(0, 8), prover.region, "sts", "aws4_request"];
  return hmac(
    steps.reduce<string | Buffer>(hmac, `AWS4${prover.credentials.secretAccessKey}`) as Buffer,
    text,
  ).toString("hex");
}

/** A gate at the time of the example, and STS that accepts the signature of the page. */
function gate(sig: string) {
  const clock = () => date.getTime();
  const responder: Responder = ({ headers }) =>
    headers.get("authorization")?.endsWith(`Signature=${sig}`)
      ? xml(callerIdentity())
      : Promise.reject(new Error("it has another signature"));
  const { fetch, calls } = fakeAws(clock, { GetCallerIdentity: responder });
  const sessions = createSessions({ service: value("audience and service"), region: prover.region, clock });
  return { options: { sessions, roles, regions: [prover.region], fetch }, calls };
}

describe("the worked example of docs/enrollment.md", () => {
  it("has a block for each step", () => {
    expect(blocks).toHaveLength(11);
  });

  it("makes the lines of the values", () => {
    const { accessKeyId } = prover.credentials;
    const gateName = value("audience and service");
    const fields = ["poolgate-enroll/v1", gateName, "virtual", accessKeyId, prover.region, gateName];
    const exp = String(date.getTime() / 1_000 + 900);
    // The last block line is the LF of the tenth line, which is empty.
    expect(`${lines}\n`).toBe(
      [...fields, sha256(value("key")), exp, value("nonce"), ""].map((line) => `${line}\n`).join(""),
    );
  });

  it("makes the canonical request and the string to sign of the lines", () => {
    expect(canonical.split("\n")).toEqual([
      ...["POST", "/", ""],
      "content-type:application/x-www-form-urlencoded; charset=utf-8",
      `host:sts.${prover.region}.amazonaws.com`,
      `x-amz-date:${time}`,
      `x-amz-security-token:${prover.credentials.sessionToken}`,
      `x-poolgate-binding:${sha256(`${lines}\n`)}`,
      "",
      "content-type;host;x-amz-date;x-amz-security-token;x-poolgate-binding",
      sha256("Action=GetCallerIdentity&Version=2011-06-15"),
    ]);
    const scope = `${time.slice(0, 8)}/${prover.region}/sts/aws4_request`;
    expect(toSign).toBe(["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n"));
    expect(JSON.parse(message).sig).toBe(signature(toSign));
  });

  it("makes the message that the signer of the AWS SDK makes", async () => {
    const { key, nonce, exp } = JSON.parse(message);
    expect(key).toBe(value("key"));
    expect(JSON.parse(message)).toEqual(await enrollmentMessage(prover, { key, nonce, exp }));
  });

  it("gets the answer from a gate", async () => {
    const { options, calls } = gate(JSON.parse(message).sig);
    const { status, body = "" } = await enrollment(options).handle(post(message));
    expect(status).toBe(200);
    expect(JSON.parse(answer)).toEqual({
      ...JSON.parse(body),
      accessKeyId: expect.stringMatching(/^PGID[A-Z2-7]{26}$/),
    });
    expect(calls[0]?.headers.get("x-poolgate-binding")).toBe(sha256(`${lines}\n`));
  });

  it("makes the keys of mode derived", () => {
    const keys = derivedKeys(prover, value("audience and service"));
    expect(days).toBe([keys.subarray(0, 32), keys.subarray(32)].map((key) => key.toString("hex")).join("\n"));
    expect(derived).toBe(`${keys.toString("base64url")}\n${sha256(keys)}`);
  });

  it("makes the proof of a request", async () => {
    const body = '{"title":"Hello"}';
    const exp = date.getTime() / 1_000 + 60;
    const parts = { method: "POST", target: "/articles/7?draft=1", contentType: "application/json" };
    const gateName = value("audience and service");
    const fields = [
      "poolgate-request/v1",
      gateName,
      ...Object.values(parts),
      sha256(body),
      String(exp),
      value("nonce"),
    ];
    expect(requestText).toBe(fields.join("\n"));
    expect(binding).toBe(sha256(`${requestText}\n`));
    expect(JSON.parse(proof)).toEqual(await requestProof(prover, { ...parts, body, exp, nonce: value("nonce") }));
    expect(header).toBe(`Authorization: ${authorizationOf(JSON.parse(proof))}`);
  });

  it("has its proof accepted by a gate", async () => {
    const { options } = gate(JSON.parse(proof).sig);
    const verified = await stsProof(options).verify({
      ...{ method: "POST", target: "/articles/7?draft=1", wire: true },
      headers: new RequestHeaders([
        ...["authorization", header.slice("Authorization: ".length)],
        ...["content-type", "application/json"],
      ]),
      body: async () => Buffer.from('{"title":"Hello"}'),
    });
    expect(verified.principal.id).toBe("role:123456789012/ArticleEditor");
  });
});
