import fc from "fast-check";
import { expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { parseJws } from "../../src/tokens/jws.ts";
import type { TokenIssuer, VerifiedToken } from "../../src/tokens/token-issuer.ts";
import { type Arrange, arrangedKey, createForeignKey, type ForeignKey } from "./foreign-key.ts";
import { now, seconds } from "./token-fixtures.ts";

type Claims = Readonly<Record<string, unknown>>;

/** What {@link holdsForEveryIssuer} takes. */
export interface IssuerUnderTest {
  /** The issuer with this clock, and its one key. */
  readonly create: (clock: () => number, toleranceSeconds: number) => TokenIssuer;
  readonly key: ForeignKey;
  /** The claims of a good token; `undefined` leaves one out. */
  readonly claims: (claims?: Claims) => Claims;
  /** Moves claims to where the issuer writes them; by default they are the payload. */
  readonly arrange?: Arrange;
}

/** Verifies a token in its compact form, as `bearer` has it done. */
export async function verifyWith(issuer: TokenIssuer, raw: string | Promise<string>): Promise<VerifiedToken> {
  const { parse = parseJws } = issuer.place ?? {};
  return issuer.verify(parse(await raw));
}

/** What every issuer of tokens holds to, whatever its claims. */
export function holdsForEveryIssuer({ create, key: signer, claims, arrange }: IssuerUnderTest): void {
  const key = arrange === undefined ? signer : arrangedKey(signer, arrange);
  const issuer = create(() => now, 0);
  const alg = key.jwk.alg as string;

  it("accepts a good token", async () => {
    expect((await verifyWith(issuer, key.sign(claims()))).principal.expiresAt).toBeInstanceOf(Date);
    await issuer.ready();
  });

  const invalid = { code: "invalid_token" };
  const because = (reason: string) => ({ ...invalid, options: { reason } });

  it.each<readonly [string, () => string | Promise<string>, object]>([
    ["another issuer", () => key.sign(claims({ iss: "https://evil.example" })), invalid],
    ["an issuer with a slash more", () => key.sign(claims({ iss: `${issuer.issuers[0]}/` })), invalid],
    ["an end in the past", () => key.sign(claims({ exp: seconds })), { code: "token_expired" }],
    ["no end", () => key.sign(claims({ exp: undefined })), because("exp is missing")],
    ["an end as a text", () => key.sign(claims({ exp: String(seconds + 60) })), invalid],
    ["a beginning in the future", () => key.sign(claims({ nbf: seconds + 6 })), invalid],
    ["an issue in the future", () => key.sign(claims({ iat: seconds + 6 })), invalid],
    ["a jti that is no text", () => key.sign(claims({ jti: 7 })), because("jti is not a string")],
    ["no subject", () => key.sign(claims({ sub: undefined })), invalid],
    ["an empty subject", () => key.sign(claims({ sub: "" })), invalid],
    ["a subject that is no text", () => key.sign(claims({ sub: 7 })), invalid],
    ["an audience of somebody else", () => key.sign(claims({ aud: "someone-else" })), invalid],
    ["no audience", () => key.sign(claims({ aud: undefined })), invalid],
    ["an unknown kid", () => key.sign(claims(), { kid: "other" }), invalid],
    ["an algorithm that is none", () => key.forge(claims(), { alg: "none" }), invalid],
    ["an algorithm of the same family", () => key.forge(claims(), { alg: "PS256" }), invalid],
    ["an algorithm with a shared secret", () => key.forge(claims(), { alg: "HS256" }), invalid],
    [
      "the signature of another key of the same name",
      () => {
        const namesake = createForeignKey(alg as "RS256", key.jwk.kid);
        return (arrange === undefined ? namesake : arrangedKey(namesake, arrange)).sign(claims());
      },
      because("the signature does not match"),
    ],
    ["no signature of its own", async () => swapPayload(await key.sign(claims()), claims({ jti: "other" })), invalid],
  ])("refuses a token with %s", async (_name, raw, refusal) => {
    const thrown = await verifyWith(issuer, raw()).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(AuthError);
    expect(thrown).toMatchObject(refusal);
  });

  it("rechecks the times of a token, by its tolerance", async () => {
    let at = now;
    const patient = create(() => at, 60);
    const token = await verifyWith(patient, key.sign(claims({ exp: seconds + 100 })));
    expect(token.principal.expiresAt).toEqual(new Date((seconds + 100) * 1000));
    at = now + 159_999;
    expect(token.recheck()).toBeUndefined();
    at = now + 160_000;
    expect(() => token.recheck()).toThrow(new AuthError("token_expired"));
    at = Number.NaN;
    expect(() => token.recheck()).toThrow(new AuthError("token_expired"));
  });

  it("says by what a token can be revoked", async () => {
    const { principal, facts } = await verifyWith(issuer, key.sign(claims({ jti: "the-jti", iat: seconds - 7 })));
    expect(facts).toMatchObject({ jti: "the-jti", user: principal.id, issuedAt: (seconds - 7) * 1000 });
  });

  it("keeps the token out of the principal, and the principal frozen", async () => {
    const raw = await key.sign(claims());
    const { principal } = await verifyWith(issuer, raw);
    expect(Object.isFrozen(principal)).toBe(true);
    for (const part of raw.split(".")) expect(JSON.stringify(principal)).not.toContain(part);
  });

  it("refuses a token of which one character is another", async () => {
    const raw = await key.sign(claims());
    const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
    await fc.assert(
      fc.asyncProperty(fc.nat(raw.length - 1), fc.constantFrom(...characters), async (at, character) => {
        fc.pre(raw[at] !== character);
        const changed = raw.slice(0, at) + character + raw.slice(at + 1);
        await expect(verifyWith(issuer, changed)).rejects.toMatchObject({ name: "AuthError", status: 401 });
      }),
      { numRuns: 100 },
    );
  });
}

function swapPayload(raw: string, claims: Claims): string {
  const [header, , signature] = raw.split(".");
  return `${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
}
