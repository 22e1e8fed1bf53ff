import { createHmac, createSecretKey, hash } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import aws4 from "aws4";
import { createSessions, signedRequest } from "../../dist/index.js";
import { closedGroups, createPrincipal } from "../../dist/principal.js";
import { RequestHeaders } from "../../dist/request.js";
import { body, credentials, NodeSha256, region, service } from "../fixtures.mjs";
import { interleave, medianRatio } from "../measure.mjs";

const path = "/articles/2026";
const date = new Date();

/** One POST of 1 KiB with a session token of 1,300 bytes: our verification beside the floor and beside signing it again. */
export async function signedSuite() {
  const sessions = createSessions({ service, region });
  await sessions.open({
    ...credentials,
    notAfter: new Date(Date.now() + 3_600_000),
    principal: createPrincipal({
      kind: "user",
      id: "user:eu-west-1_Benchmark:1",
      issuer: "eu-west-1_Benchmark",
      verifiedBy: "broker",
      groups: closedGroups(["editors"]),
    }),
  });
  const verifier = signedRequest({ sessions });
  const signer = new SignatureV4({ credentials, region, service, sha256: NodeSha256 });
  const request = (headers) => ({
    method: "POST",
    protocol: "https:",
    hostname: service,
    path,
    query: {},
    headers,
    body,
  });
  const bare = { host: service, "content-type": "application/json" };
  const { headers } = await signer.sign(request(bare), { signingDate: date });

  const signedNames = /SignedHeaders=([^,]+)/.exec(headers.authorization)[1];
  const canonical = [
    "POST",
    path,
    "",
    ...signedNames.split(";").map((name) => `${name}:${headers[name]}`),
    "",
    signedNames,
    headers["x-amz-content-sha256"],
  ].join("\n");
  const scope = `${headers["x-amz-date"].slice(0, 8)}/${region}/${service}/aws4_request`;
  const stringToSign = `AWS4-HMAC-SHA256\n${headers["x-amz-date"]}\n${scope}\n${hash("sha256", canonical)}`;
  const key = createSecretKey(Buffer.alloc(32, 7));
  const wrong = {
    ...headers,
    authorization: headers.authorization.replace(/Signature=.*/, `Signature=${"0".repeat(64)}`),
  };
  const receive = (fields) => ({
    method: "POST",
    target: path,
    wire: true,
    headers: new RequestHeaders(Object.entries(fields).flat()),
    body: async () => body,
  });
  const withId = (id) => ({ ...wrong, authorization: wrong.authorization.replace(credentials.accessKeyId, id) });
  const refused = (received) =>
    verifier.verify(received).then(
      () => {
        throw new Error("it was let in");
      },
      (error) => {
        if (error.code !== "invalid_signature") throw error;
      },
    );
  let strangers = 0;
  const stranger = () => {
    strangers += 1;
    return withId(`ASIAUNKNOWN${String(strangers).padStart(9, "0")}`);
  };

  const times = await interleave({
    poolgate: {
      prepare: () => receive(headers),
      run: (received) => verifier.verify(received),
    },
    floor: {
      run: () => {
        hash("sha256", body);
        hash("sha256", credentials.sessionToken);
        hash("sha256", canonical);
        createHmac("sha256", key).update(stringToSign).digest();
      },
    },
    "smithy re-sign (node crypto)": {
      run: async () => {
        const again = await signer.sign(request(bare), { signingDate: date });
        if (again.headers.authorization !== headers.authorization) throw new Error("another signature");
      },
    },
    "aws4 re-sign": {
      prepare: () => ({
        method: "POST",
        host: service,
        path,
        service,
        region,
        body,
        headers: { "Content-Type": "application/json", "X-Amz-Date": headers["x-amz-date"] },
      }),
      run: (unsigned) => aws4.sign(unsigned, credentials),
    },
    "wrong signature": { prepare: () => receive(wrong), run: refused },
    "unknown id": { prepare: () => receive(withId("ASIAUNKNOWNUNKNOWN00")), run: refused },
    "unknown id, first seen": { prepare: () => receive(stranger()), run: refused },
  });

  const verified = ["floor", "smithy re-sign (node crypto)", "aws4 re-sign"].map((against) => ({
    suite: "signed",
    case: "verify",
    against,
    ratio: medianRatio(times.poolgate, times[against]),
  }));
  // How far an outsider could tell the one refusal from the other by its time.
  const refusals = ["unknown id", "unknown id, first seen"].map((name) => ({
    suite: "signed",
    case: name,
    against: "wrong signature",
    ratio: medianRatio(times[name], times["wrong signature"]),
  }));
  return [...verified, ...refusals];
}
