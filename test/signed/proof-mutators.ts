import { type Choice, type Mutator, pick, replaceOne, spliced } from "./mutation.ts";

/** Somebody else who may sign at the same gate. */
export const mallory = {
  accessKeyId: "ASIAMALLORYMALLORY00",
  secretAccessKey: "mallory/secret/of/forty/characters/abcde",
  sessionToken: "IQoJmalloryEXAMPLE/+token==",
} as const;

const isProof = (name: string) => name.toLowerCase() === "authorization";
const withProof =
  (change: (proof: string, choice: Choice) => string): Mutator =>
  (request, choice) => ({
    ...request,
    headers: request.headers.map(([name, value]) => (isProof(name) ? [name, change(value, choice)] : [name, value])),
  });
/** Changes one field of the proof: what follows `Credential=`, `SignedHeaders=` or `Signature=`. */
const withPart = (part: string, change: (value: string, choice: Choice) => string) =>
  withProof((proof, choice) =>
    proof.replace(new RegExp(`(${part}=)([^,]*)`), (_, name: string, value: string) => name + change(value, choice)),
  );
const withNames = (change: (names: readonly string[], choice: Choice) => readonly string[]) =>
  withPart("SignedHeaders", (value, choice) => change(value.split(";"), choice).join(";"));
/** Changes access key id, date, region, service or the end of the scope. */
const withScope = (place: number, instead: readonly string[]) =>
  withPart("Credential", (value, { at }) => value.split("/").toSpliced(place, 1, pick(instead, at)).join("/"));
const withFields = (change: (fields: readonly string[], choice: Choice) => readonly string[]) =>
  withProof((proof, choice) => {
    const [scheme = "", ...rest] = proof.split(" ");
    return `${scheme} ${change(rest.join(" ").split(", "), choice).join(", ")}`;
  });
const withToken =
  (change: (token: string, choice: Choice) => string): Mutator =>
  (request, choice) => ({
    ...request,
    headers: request.headers.map(([name, value]) =>
      name.toLowerCase() === "x-amz-security-token" ? [name, change(value, choice)] : [name, value],
    ),
  });
const otherCase = (text: string) => (text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase());

/** Changes of the `Authorization` header, of the token, the method and the body. */
export const proofMutators: Readonly<Record<string, Mutator>> = {
  "proof: characters": withProof(spliced),
  "proof: characters of the signature": withPart("Signature", spliced),
  "proof: a digit of the signature": withPart(
    "Signature",
    (value, { at, other }) =>
      value.slice(0, at % 64) + pick([..."0123456789abcdef"], other) + value.slice((at % 64) + 1),
  ),
  "proof: the signature in upper case": withPart("Signature", (value) => value.toUpperCase()),
  "proof: a longer signature": withPart(
    "Signature",
    (value, { at }) => value + pick(["zz", "00", " ", "\n", "=", value], at),
  ),
  "proof: a shorter signature": withPart("Signature", (value, { at }) => value.slice(0, at % 64)),
  "proof: a signature of nothing": withPart("Signature", (_, { at }) =>
    pick(["", "0".repeat(64), "undefined", "null"], at),
  ),
  "proof: of another request": (request, { neighbor }) => ({
    ...request,
    headers: [
      ...request.headers.filter(([name]) => !isProof(name)),
      ...neighbor.headers.filter(([name]) => isProof(name)),
    ],
  }),
  "proof: the signature of another request": (request, { neighbor }) => {
    const theirs = /Signature=(.*)$/.exec(neighbor.headers.find(([name]) => isProof(name))?.[1] ?? "")?.[1] ?? "";
    return withPart("Signature", () => theirs)(request, { neighbor } as Choice);
  },
  "proof: fields in another order": withFields((fields, { at }) =>
    [...fields.slice(at % 3), ...fields.slice(0, at % 3)].toSorted(() => (at % 2) - 0.5),
  ),
  "proof: a field twice": withFields((fields, { at }) => [...fields, pick(fields, at)]),
  "proof: a field lost": withFields((fields, { at }) => fields.toSpliced(at % fields.length, 1)),
  "proof: a field more": withFields((fields, { at, other }) =>
    fields.toSpliced(other % 4, 0, pick(["a=b", "", "Signature=", "Date=1"], at)),
  ),
  "proof: a field in another case": withFields((fields, { at }) =>
    fields.with(at % fields.length, pick(fields, at).replace(/^\w+/, otherCase)),
  ),
  "proof: white space": withProof((proof, { at, other }) =>
    replaceOne(proof, /,? |=|,/g, at, (match) =>
      pick([` ${match}`, `${match} `, match.trim(), `${match}\t`, ",", " "], other),
    ),
  ),
  "proof: another scheme": withProof((proof, { at }) =>
    proof.replace(
      /^\S+/,
      pick(
        ["aws4-hmac-sha256", "AWS4-HMAC-SHA1", "AWS4-ECDSA-P256-SHA256", "AWS4-HMAC-SHA256-PAYLOAD", "Bearer", "AWS"],
        at,
      ),
    ),
  ),
  "proof: names in another order": withNames((names) => names.toReversed()),
  "proof: a name lost": withNames((names, { at }) => names.toSpliced(at % names.length, 1)),
  "proof: a name and its header lost": (request, choice) => {
    const names = /SignedHeaders=([^,]*)/
      .exec(request.headers.find(([name]) => isProof(name))?.[1] ?? "")?.[1]
      ?.split(";") ?? [""];
    const lost = pick(names, choice.at);
    const headers = request.headers.filter(([name]) => name.toLowerCase() !== lost);
    return withNames((all) => all.filter((name) => name !== lost))({ ...request, headers }, choice);
  },
  "proof: a name more": withNames((names, { at }) =>
    [
      ...names,
      pick(["x-amz-meta", "via", "te", "connection", "", "HOST", "content-length", "authorization"], at),
    ].sort(),
  ),
  "proof: a name twice": withNames((names, { at }) => names.toSpliced(at % names.length, 0, pick(names, at))),
  "proof: a name in upper case": withNames((names, { at }) =>
    names.with(at % names.length, pick(names, at).toUpperCase()),
  ),
  "proof: another access key id": withScope(0, [
    mallory.accessKeyId,
    "ASIAUNKNOWNUNKNOWN00",
    "asiaiosfodnn7example",
    "__proto__________",
    "",
    "*",
  ]),
  "proof: another date": withScope(1, ["20260303", "20260305", "20250304", "2026034", "00000000", "2026-03-04"]),
  "proof: another region": withScope(2, ["us-east-1", "EU-WEST-1", "", "*", "eu-west-1 ", "eu-west-1."]),
  "proof: another service": withScope(3, ["sts", "s3", "execute-api", "api.example.net", "API.example.com", ""]),
  "proof: another end of the scope": withScope(4, ["aws4_request ", "AWS4_REQUEST", "aws4", "", "aws4_request/a"]),
  "proof: in the query": (request) => {
    const proof = request.headers.find(([name]) => isProof(name))?.[1] ?? "";
    const part = (name: string) => encodeURIComponent(new RegExp(`${name}=([^,]*)`).exec(proof)?.[1] ?? "");
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${part("Credential")}&X-Amz-SignedHeaders=${part("SignedHeaders")}&X-Amz-Signature=${part("Signature")}&X-Amz-Expires=300`;
    const target = request.target + (request.target.includes("?") ? "&" : "?") + query;
    return { ...request, target, headers: request.headers.filter(([name]) => !isProof(name)) };
  },
  "token: somebody else's": withToken(() => mallory.sessionToken),
  "token: somebody else's, with his id": (request, choice) =>
    withScope(0, [mallory.accessKeyId])(withToken(() => mallory.sessionToken)(request, choice), choice),
  "token: characters": withToken(spliced),
  "token: in another case": withToken(otherCase),
  "token: none": (request) => ({
    ...request,
    headers: request.headers.filter(([name]) => !/^x-amz-security-token$/i.test(name)),
  }),
  "method: another": (request, { at }) => ({
    ...request,
    method: pick(
      ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", request.method.toLowerCase(), "", "GET\n/", " POST"],
      at,
    ),
  }),
  "method: of another request": (request, { neighbor }) => ({ ...request, method: neighbor.method }),
  "body: bytes": withBody((body, { at, other, text }) => {
    const start = at % (body.length + 1);
    return Buffer.concat([body.subarray(0, start), Buffer.from(text), body.subarray(start + (other % 3))]);
  }),
  "body: a bit": withBody((body, { at, other }) => {
    const changed = Buffer.from(body);
    if (changed.length > 0)
      changed[at % changed.length] = (changed[at % changed.length] as number) ^ (1 << (other % 8));
    return changed;
  }),
  "body: shorter": withBody((body, { at }) => body.subarray(0, at % (body.length + 1))),
  "body: longer": withBody((body, { at }) =>
    Buffer.concat([body, Buffer.from(pick([" ", "\n", "\0", "}", "&admin=1"], at))]),
  ),
  "body: none": withBody(() => Buffer.alloc(0)),
  "body: of another request": (request, { neighbor }) => ({ ...request, body: neighbor.body }),
};

function withBody(change: (body: Buffer, choice: Choice) => Buffer): Mutator {
  return (request, choice) => ({ ...request, body: change(Buffer.from(request.body ?? ""), choice) });
}
