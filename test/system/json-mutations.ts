import type { Choices } from "./choices.ts";
import type { Members } from "./good-token.ts";

/** Names of claims, and names that objects are born with. */
export const claimNames: readonly string[] = [
  ...[
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "nbf",
    "auth_time",
    "client_id",
    "token_use",
    "scope",
    "cognito:groups",
    "username",
  ],
  ...[
    "amr",
    "azp",
    "jti",
    "origin_jti",
    "custom:tenant",
    "groups",
    "roles",
    "events",
    "signer",
    "client",
    "https://sts.amazonaws.com/",
  ],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "then", "toJSON", ""],
];
/** Values for any claim or header. */
export const values: readonly unknown[] = [
  ...[
    "admins",
    "access",
    "id",
    "",
    "*",
    "https://evil.example",
    "authenticated",
    "\u0000",
    "ada",
    "arn:aws:iam::123456789012:role/Nightly",
  ],
  ...[0, -1, 1, 0.5, 9_999_999_999, 253_402_300_799, 1e300, true, false, null],
  ...[
    ["admins"],
    [],
    [[]],
    {},
    { admins: true },
    ["authenticated", "unauthenticated"],
    { __proto__: null, valueOf: 1 },
  ],
];

/** The object with a member changed, added or taken away. */
export function edited(
  object: Members,
  names: readonly string[],
  given: readonly unknown[],
  choices: Choices,
): Members {
  const copy: Record<string, unknown> = { ...object };
  const name = choices.chance(3) ? choices.pick(Object.keys(object)) : choices.pick(names);
  if (choices.chance(5)) delete copy[name];
  else Object.defineProperty(copy, name, { value: choices.pick(given), enumerable: true, configurable: true });
  if (choices.chance(3)) copy[choices.text(6)] = choices.below(1_000_000);
  return copy;
}

/** Another spelling of an object, or a text that two parsers might read in different ways. */
export function respelled(object: Members, choices: Choices): string | Buffer {
  const text = JSON.stringify(object);
  const name = choices.pick(Object.keys(object));
  const stranger = JSON.stringify(choices.pick(values));
  const space = choices.pick([" ", "\n", "\t", "\r\n", " ".repeat(1 + choices.below(50))]);
  return choices.pick<() => string | Buffer>([
    () => JSON.stringify(object, undefined, 1 + choices.below(10)),
    () => text.replaceAll(choices.pick([":", ","]), (found) => found + space),
    () => space + text,
    () => text + space,
    () => JSON.stringify(Object.fromEntries(choices.shuffled(Object.entries(object)))),
    () =>
      text.replace(/[A-Za-z]/g, (found) => (choices.chance(6) ? `\\u00${found.charCodeAt(0).toString(16)}` : found)),
    () => text.replaceAll("/", "\\/"),
    () => text.replace("{", `{"${name}":${stranger},`),
    () => text.replace(/}$/, `,"${name}":${stranger}}`),
    () =>
      text.replace(
        /}$/,
        `,"${name.replace(/^./, (found) => `\\u00${found.charCodeAt(0).toString(16)}`)}":${stranger}}`,
      ),
    () =>
      text.replace(/}$/, `,"x${choices.text(3)}":${"[".repeat(choices.below(60))}${"]".repeat(choices.below(60))}}`),
    () => {
      const depth = 1 + choices.below(60);
      return text.replace(/}$/, `,"x${choices.text(3)}":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}`);
    },
    () => text.replace(/}$/, `,"__proto__":{"${name}":${stranger},"x":${choices.below(1e9)}}}`),
    () => `\ufeff${text}`,
    () => Buffer.from(text, "utf16le"),
    () => Buffer.concat([Buffer.from(text), Buffer.from([choices.below(256), choices.below(256)])]),
    () => text.replace("{", `{/*${choices.text(4)}*/`),
    () => text.replaceAll('"', "'"),
    () => text.replace(/}$/, ",}"),
    () => `[${text}]`,
    () => JSON.stringify(text),
    () => text + text,
    () =>
      text.replace(/\d+/, (found) =>
        choices.pick([`${found}.0`, `${found}e0`, `+${found}`, `0${found}`, `"${found}"`, "NaN", "1e999"]),
      ),
  ])();
}
