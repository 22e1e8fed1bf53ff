import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readPemKey } from "../../src/tokens/pem-key.ts";
import { createForeignKey } from "./foreign-key.ts";

const { publicKey, jwk } = createForeignKey("ES256", "one");
const pem = String(publicKey.export({ format: "pem", type: "spki" }));
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const spki = (key: ReturnType<typeof createPublicKey>) => String(key.export({ format: "pem", type: "spki" }));
const noPem = "the document is no public key in PEM";

describe("readPemKey", () => {
  it.each([
    ["as Node writes it", pem],
    ["without a line break at its end", pem.trimEnd()],
    ["with the line breaks of Windows", pem.replaceAll("\n", "\r\n")],
  ])("reads a key %s", (_, document) => {
    expect(readPemKey(document, "one", "ES256").jwk).toEqual(jwk);
  });

  it.each([
    ["nothing", "", noPem],
    ["text before it", `hello\n${pem}`, noPem],
    ["text behind it", `${pem}hello`, noPem],
    ["two keys", pem + pem, noPem],
    ["a private key", String(privateKey.export({ format: "pem", type: "pkcs8" })), noPem],
    ["a certificate by its name", pem.replaceAll("PUBLIC KEY", "CERTIFICATE"), noPem],
    ["bytes that are no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", undefined],
    ["a key on another curve", spki(createForeignKey("ES384").publicKey), "the key is none for ES256"],
    ["an RSA key", spki(createForeignKey("RS256").publicKey), "the key is none for ES256"],
    ["an Edwards key", spki(createForeignKey("EdDSA").publicKey), "the key is none for ES256"],
    [
      "a key on the curve of Bitcoin",
      spki(createPublicKey(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey)),
      "the key is none for ES256",
    ],
  ])("refuses %s", (_, document, message) => {
    expect(() => readPemKey(document, "one", "ES256")).toThrow(message);
  });
});
