import type { signers, Wanted } from "./signers.ts";

/** A kind of request that a signer does not sign as it is to be sent. */
export interface Deviation {
  readonly what: string;
  /**
   * What comes of it: a gate refuses the signature, the signer sends another request than the wanted one (and signs that), or
   * it throws. A gate may also verify, where the request happens to be alike in both forms.
   */
  readonly result: "refused" | "altered" | "throws";
  applies(wanted: Wanted): boolean;
  /** A request that shows it. */
  readonly example: Wanted;
}

const get = (query: string): Wanted => ({ method: "GET", path: "/", query });

/** The decoded pairs of a query, empty pieces dropped. */
const pairsOf = ({ query = "" }: Wanted) =>
  query
    .split("&")
    .filter((piece) => piece !== "")
    .map((piece) => {
      const [name = "", ...value] = piece.replaceAll("+", " ").split("=");
      return [decodeURIComponent(name), decodeURIComponent(value.join("="))] as const;
    });
const hasName = (name: string) => (wanted: Wanted) => pairsOf(wanted).some(([other]) => other === name);
const hasHeader = ({ headers = {} }: Wanted, name: string, value: string) =>
  Object.entries(headers).some(([other, one]) => other.toLowerCase() === name && one === value);

type Pair = readonly [string, string];
const byCharacters = (a: Pair, b: Pair) => compare(a[0], b[0]) || compare(a[1], b[1]);
const byEscapes = (a: Pair, b: Pair) => compare(escaped(a[0]), escaped(b[0])) || compare(escaped(a[1]), escaped(b[1]));
const compare = (a: string, b: string) => Number(a > b) - Number(a < b);
const escaped = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

const sortsBeforeItEscapes: Deviation = {
  what: "sorts the query by its characters, and not by their escapes",
  result: "refused",
  applies: (wanted) => {
    const pairs = pairsOf(wanted);
    return pairs.toSorted(byCharacters).join() !== pairs.toSorted(byEscapes).join();
  },
  example: get("a=2&a=1&%C3%A9=1"),
};
const losesProto: Deviation = {
  what: "leaves a parameter with the name __proto__ out of the signature",
  result: "refused",
  applies: hasName("__proto__"),
  example: get("a=1&__proto__=2"),
};
const bodyOnGet: Deviation = {
  what: "has no body on GET and HEAD, as fetch has none",
  result: "throws",
  applies: ({ method, body }) => (method === "GET" || method === "HEAD") && body !== undefined,
  example: { ...get(""), body: "a" },
};

/** What each signer cannot sign faithfully; for everything else that the tests generate, its signature verifies. */
export const deviations: Readonly<Record<keyof typeof signers, readonly Deviation[]>> = {
  aws4: [
    losesProto,
    {
      what: "takes parameters without a name out of the query",
      result: "altered",
      applies: hasName(""),
      example: get("a=1&=2"),
    },
    {
      what: "escapes the escapes of reserved characters again where another character needs to be escaped",
      result: "altered",
      applies: ({ path, query = "" }) =>
        /[^\w;,/?:@&=+$\-.!~*'()#%]/.test(path + query) && /%(?:2[346BCF]|3[ABDF]|40)/i.test(path + query),
      example: get("a=%26|"),
    },
    {
      what: "sends a second Content-Type beside one that is empty",
      result: "refused",
      applies: (wanted) => wanted.body !== undefined && hasHeader(wanted, "content-type", ""),
      example: { method: "POST", path: "/", headers: { "content-type": "" }, body: "a" },
    },
  ],
  aws4fetch: [
    {
      what: "leaves parameters without a name out of the signature",
      result: "refused",
      applies: hasName(""),
      example: get("a=1&=2"),
    },
  ],
  "@smithy/signature-v4": [losesProto],
  "@smithy/signature-v4 without a checksum header": [losesProto],
  "@aws-sdk/signature-v4": [losesProto, sortsBeforeItEscapes],
  "@aws-amplify/core": [sortsBeforeItEscapes],
  "aws-sigv4-fetch": [losesProto, sortsBeforeItEscapes, bodyOnGet],
};
