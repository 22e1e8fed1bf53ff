import { invalidToken } from "./invalid-token.ts";
import { decodeJws, type Jws } from "./jws.ts";

/**
 * Parses the token that a load balancer forwards: a JWS whose parts are padded, and whose header says what other tokens say in
 * their payload.
 *
 * The parts must be padded all alike, or none of them. `iss` and `exp` are those of the header; a payload that has them too must
 * say the same. In what is returned they stand among the claims.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding
 *
 * @throws AuthError `invalid_token`
 */
export function parseAlbJws(raw: string): Jws {
  const { header, payload } = decodeJws(withoutPadding(raw));
  const { iss, exp } = header;
  if (typeof iss !== "string") throw invalidToken("iss is not a string");
  for (const name of ["iss", "exp"] as const) {
    if (Object.hasOwn(payload, name) && payload[name] !== header[name]) {
      throw invalidToken(`${name} of the header is not that of the payload`);
    }
  }
  return { raw, header, payload: Object.assign(Object.create(null), payload, { iss, exp }) as Jws["payload"] };
}

/** Takes the padding away; what is left must be canonical like any other token. */
function withoutPadding(raw: string): string {
  if (!raw.includes("=")) return raw;
  const parts = raw.split(".", 4);
  if (parts.some((part) => part.length % 4 !== 0)) throw invalidToken("some parts are padded and others are not");
  return parts.map((part) => part.replace(/={1,2}$/, "")).join(".");
}
