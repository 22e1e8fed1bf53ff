import { inspect } from "node:util";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { getCallerIdentity, parseCallerIdentity } from "../../src/sessions/sts.ts";
import { Sha256 } from "../../src/testing/sha256.ts";
import { processorTime } from "../processor-time.ts";
import * as fake from "./fake-aws.ts";

const now = new Date(Date.UTC(2026, 0, 15, 12));
const credentials = {
  accessKeyId: fake.accessKeyId,
  secretAccessKey: fake.secretAccessKey,
  sessionToken: fake.sessionToken,
  expiration: now.getTime() + 3_600_000,
};
const { accessKeyId, secretAccessKey, sessionToken } = credentials;
const role = {
  arn: fake.roleArn,
  partition: "aws",
  account: "123456789012",
  name: "ArticleEditor",
  sessionName: "CognitoIdentityCredentials",
};

const ask = (
  responder: fake.Responder = () => fake.xml(fake.callerIdentity()),
  endpoint = "https://sts.eu-west-1.amazonaws.com/",
) => {
  const aws = fake.fakeAws(() => now.getTime(), { GetCallerIdentity: responder });
  return {
    aws,
    answer: getCallerIdentity({ url: new URL(endpoint), fetch: aws.fetch }, "eu-west-1", credentials, now),
  };
};

describe("getCallerIdentity", () => {
  it("gives the role of the credentials", async () => {
    expect(await ask().answer).toEqual(role);
  });

  it.each(["https://sts.eu-west-1.amazonaws.com/", "http://127.0.0.1:4567/sts/"])(
    "signs the call to %s as the signer of the AWS SDK does",
    async (endpoint) => {
      const { aws, answer } = ask(undefined, endpoint);
      await answer;
      const [call] = aws.calls;
      expect(call?.url).toBe(endpoint);
      expect(call?.body).toBe("Action=GetCallerIdentity&Version=2011-06-15");
      const signer = new SignatureV4({
        credentials: { accessKeyId, secretAccessKey, sessionToken },
        region: "eu-west-1",
        service: "sts",
        sha256: Sha256,
        applyChecksum: false,
      });
      const { hostname, host, port, pathname, protocol } = new URL(endpoint);
      const signed = await signer.sign(
        {
          ...{ method: "POST", protocol, hostname, path: pathname, body: call?.body, query: {} },
          ...(port !== "" && { port: Number(port) }),
          headers: { host, "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
        },
        { signingDate: now },
      );
      const { host: _, ...headers } = signed.headers;
      expect(Object.fromEntries(call?.headers ?? [])).toEqual(headers);
    },
  );

  it.each<[string, fake.Responder]>([
    ["a refusal", () => fake.xml("<ErrorResponse/>", { status: 403 })],
    ["the right document with the wrong status", () => fake.xml(fake.callerIdentity(), { status: 201 })],
    ["an outage", () => fake.xml("", { status: 503 })],
    ["another media type", () => new Response(fake.callerIdentity(), { headers: { "content-type": "text/html" } })],
    ["JSON", () => new Response("{}", { headers: { "content-type": "application/json" } })],
    ["an IAM user", () => fake.xml(fake.callerIdentity("arn:aws:iam::123456789012:user/Alice"))],
    ["a connection that fails", () => Promise.reject(new TypeError(`fetch failed: ${fake.secretAccessKey}`))],
  ])("cannot use %s", async (_, responder) => {
    const thrown: unknown = await ask(responder).answer.catch((fault: unknown) => fault);
    expect(thrown).toMatchObject({ code: "upstream_unavailable", status: 503 });
    expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain(fake.secretAccessKey);
  });
});

describe("parseCallerIdentity", () => {
  const good = fake.callerIdentity();

  it.each([
    ["as AWS writes it", good],
    ["behind an XML declaration", `<?xml version="1.0" encoding="UTF-8"?>\n${good}`],
    ["without white space", good.replaceAll(/>\s+</g, "><").trim()],
    ["in another order", good.replace(/( +<Arn>.*\n)((?:.*\n){2})/, (_, arn: string, rest: string) => rest + arn)],
  ])("reads the role %s", (_, xml) => {
    expect(parseCallerIdentity(xml)).toEqual(role);
  });

  const arn = `<Arn>${fake.roleArn}</Arn>`;
  const other = "<Arn>arn:aws:sts::123456789012:assumed-role/Admin/CognitoIdentityCredentials</Arn>";
  it.each([
    ["nothing", ""],
    ["no Arn", good.replace(arn, "")],
    ["two Arns", good.replace(arn, arn + other)],
    ["an Arn in place of the UserId", good.replace(/<UserId>.*<\/UserId>/, other)],
    ["two Accounts", good.replace("<Account>", "<Account>123456789012</Account><Account>")],
    ["no UserId", good.replace(/<UserId>.*<\/UserId>/, "")],
    ["an element that is not known", good.replace(arn, `${arn}<Extra>x</Extra>`)],
    ["an attribute", good.replace("<Arn>", '<Arn a="b">')],
    ["a comment", good.replace(arn, `<!-- ${other} -->${arn}`)],
    ["a comment in the Arn", good.replace("ArticleEditor", "Article<!-- -->Editor")],
    ["CDATA", good.replace(fake.roleArn, `<![CDATA[${fake.roleArn}]]>`)],
    ["an entity", good.replace("ArticleEditor", "Article&#69;ditor")],
    ["a document type", `<!DOCTYPE a [<!ENTITY b "c">]>${good}`],
    ["text before it", `x${good}`],
    ["text behind it", `${good}x`],
    ["a second document", good + good],
    ["a document inside another", good.replace("<RequestId>", `${good}<RequestId>`)],
    ["another namespace", good.replace("sts.amazonaws.com", "sts.example.com")],
    ["no namespace", good.replace(/ xmlns="[^"]*"/, "")],
    ["another result", good.replaceAll("GetCallerIdentityResult", "GetSessionTokenResult")],
    ["an end tag of another element", good.replace("</Arn>", "</UserId>")],
    ["another account", fake.callerIdentity(fake.roleArn, "210987654321")],
    ["an account of eleven digits", fake.callerIdentity(fake.roleArn, "12345678901")],
    ["a user", fake.callerIdentity("arn:aws:iam::123456789012:user/Alice")],
    ["a federated user", fake.callerIdentity("arn:aws:sts::123456789012:federated-user/Bob")],
    ["the root user", fake.callerIdentity("arn:aws:iam::123456789012:root")],
    ["a role that nobody assumed", fake.callerIdentity("arn:aws:iam::123456789012:role/ArticleEditor")],
    ["a role with a path", fake.callerIdentity("arn:aws:sts::123456789012:assumed-role/path/ArticleEditor/session")],
    ["a line end in the Arn", good.replace("ArticleEditor", "Article\nEditor")],
    ["an upper-case element", good.replaceAll("Arn>", "ARN>")],
    ["a byte order mark in the middle", good.replace("<Arn>", "\ufeff\u0000<Arn>")],
  ])("refuses %s", (_, xml) => {
    expect(parseCallerIdentity(xml)).toBeUndefined();
  });

  it("gives this role or none, whichever character is changed", () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.string({ maxLength: 3 }), (index, text) => {
        const changed = good.slice(0, index) + text + good.slice(index + 1);
        const read = parseCallerIdentity(changed);
        // A changed role name is a changed answer of STS; what must not happen is a role from anywhere else.
        if (read !== undefined) expect(changed.split(`<Arn>${read.arn}</Arn>`)).toHaveLength(2);
      }),
      { numRuns: 500 },
    );
  });

  it("is done at once with a long document that does not match", () => {
    const spaces = " ".repeat(60_000);
    const started = processorTime();
    expect(parseCallerIdentity(good.replace("<UserId>", `${spaces}<UserId>${spaces}`))).toBeUndefined();
    expect(processorTime() - started).toBeLessThan(5_000);
  });
});
