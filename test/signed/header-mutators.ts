import type { Received } from "./gate.ts";
import { type Choice, type Mutator, pick, replaceOne, spliced } from "./mutation.ts";

type Field = readonly [name: string, value: string];
const known = ["host", "x-amz-date", "date", "content-type", "x-tenant", "cookie", "x-amz-security-token", "referer"];
const added = [
  ...["X-Amz-Meta-Role", "x-amz-target", "X-Amz-Content-Sha256", "X-Amz-Date", "X-Amz-Security-Token", "x-amz-"],
  ...["Date", "Host", "Content-Type", "Authorization", "Content-Length", "Transfer-Encoding", "X-HTTP-Method-Override"],
];

/** Changes one field, of those that are signed where the pattern says so. */
const withField =
  (change: (field: Field, choice: Choice) => readonly Field[], names = /^(?!authorization$)/i): Mutator =>
  (request, choice) => {
    const places = request.headers.flatMap(([name], index) => (names.test(name) ? [index] : []));
    if (places.length === 0) return request;
    const index = pick(places, choice.at);
    const field = request.headers[index] as Field;
    return {
      ...request,
      headers: request.headers.toSpliced(index, 1, ...change(field, { ...choice, at: choice.at >> 3 })),
    };
  };
const withValue = (change: (value: string, choice: Choice) => string, names?: RegExp) =>
  withField(([name, value], choice) => [[name, change(value, choice)]], names);
const withFields =
  (change: (fields: readonly Field[], choice: Choice) => readonly Field[]): Mutator =>
  (request, choice) => ({ ...request, headers: change(request.headers, choice) });
const valueIn = ({ headers }: Received, name: string) =>
  headers.find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1];

/** Changes of the headers, but for the proof. */
export const headerMutators: Readonly<Record<string, Mutator>> = {
  "header: characters of a value": withValue(spliced),
  "header: characters of a name": withField(([name, value], choice) => [[spliced(name, choice), value]]),
  "header: a name in another case": withField(([name, value]) => [
    [name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase(), value],
  ]),
  "header: a hyphen for an underscore": withField(([name, value]) => [
    [name.includes("-") ? name.replace("-", "_") : name.replace("_", "-"), value],
  ]),
  "header: a value in another case": withValue((value, { at }) =>
    replaceOne(value, /[a-z]/gi, at, (letter) =>
      letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
    ),
  ),
  "header: white space": withValue((value, { at, other }) =>
    replaceOne(` ${value} `, /[ \t]+/g, at, () =>
      pick(["", " ", "  ", "\t", " \t ", "\u00a0", "\u000b", "\u2003"], other),
    ),
  ),
  "header: a list split": withField(([name, value], { at }) => {
    const comma = [...value.matchAll(/,/g)][at % Math.max(1, value.split(",").length - 1)]?.index;
    return comma === undefined
      ? [[name, value]]
      : [
          [name, value.slice(0, comma)],
          [name, value.slice(comma + 1)],
        ];
  }),
  "header: a list in another order": withValue((value) => value.split(",").toReversed().join(",")),
  "header: lost": withField(() => []),
  "header: twice": withField((field) => [field, field]),
  "header: twice, with another value": withField(([name, value], { other, text }) =>
    other % 2 === 0
      ? [
          [name, value],
          [name, text],
        ]
      : [
          [name, text],
          [name, value],
        ],
  ),
  "header: twice, once empty": withField(([name, value], { other }) =>
    other % 2 === 0
      ? [
          [name, value],
          [name, ""],
        ]
      : [
          [name, ""],
          [name, value],
        ],
  ),
  "header: more": withFields((fields, { at, other, text }) =>
    fields.toSpliced(other % (fields.length + 1), 0, [pick(added, at), text]),
  ),
  "header: an x-amz one more": withFields((fields, { at, text }) => [
    ...fields,
    [`x-AMZ-meta-${pick(["a", "b", "_"], at)}`, text],
  ]),
  "header: values swapped": withFields((fields, { at, other }) => {
    if (fields.length === 0) return fields;
    const [a, b] = [at % fields.length, other % fields.length];
    const [one, two] = [fields[a] as Field, fields[b] as Field];
    return fields.with(a, [one[0], two[1]]).with(b, [two[0], one[1]]);
  }),
  "header: another order": withFields((fields, { at }) => [
    ...fields.slice(at % fields.length),
    ...fields.slice(0, at % fields.length),
  ]),
  "header: of another request": (request, { at, neighbor }) => {
    const name = pick([...known, "authorization"], at);
    const instead = valueIn(neighbor, name);
    const others = request.headers.filter(([other]) => other.toLowerCase() !== name);
    return { ...request, headers: instead === undefined ? others : [...others, [name, instead]] };
  },
  "header: all of another request": (request, { neighbor }) => ({ ...request, headers: neighbor.headers }),
  "host: another": withValue(
    (_, { at }) =>
      pick(["api.example.net", "API.example.com", "api.example.com:443", "api.example.com.", "evil.example"], at),
    /^host$/i,
  ),
  "time: moved": withValue((value, { at }) => {
    const digits = value.replace(/\D/g, "");
    const [year, month, day, hour, minute, second] = [...digits.matchAll(/^(\d{4})|\d\d/g)].map(([one]) => Number(one));
    const time = Date.UTC(
      year ?? 0,
      (month ?? 1) - 1,
      day,
      hour,
      minute,
      (second ?? 0) + pick([-1, 1, 60, -240, 299, 86_400, -3600], at),
    );
    return Number.isNaN(time) ? value : new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, "");
  }, /^x-amz-date$/i),
  "time: in a date header": (request, { at }) => ({
    ...request,
    headers: request.headers.map(([name, value]) =>
      name.toLowerCase() === "x-amz-date" ? [pick(["date", "x-amz_date", "x-date"], at), value] : [name, value],
    ),
  }),
  "content hash: another": withValue(
    (value, { at }) =>
      pick(["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", value.toUpperCase(), "", "0".repeat(64)], at),
    /^x-amz-content-sha256$/i,
  ),
  "framing: a length": withFields((fields, { at }) => [
    ...fields,
    ["Content-Length", pick(["0", "1", "+5", "5, 5", "999999"], at)],
  ]),
  "framing: chunks": withFields((fields, { at }) => [
    ...fields,
    ["Transfer-Encoding", pick(["chunked", "identity", "gzip, chunked"], at)],
  ]),
  "framing: both": withFields((fields) => [...fields, ["content-length", "3"], ["transfer-encoding", "chunked"]]),
};
