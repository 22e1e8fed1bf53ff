import { setTimeout as pause } from "node:timers/promises";
import { AwsClient } from "aws4fetch";
import type { BrokerCredentials, Person, Signer, SigningCredentials } from "poolgate/testing";
import { service } from "./api.ts";
import { send } from "./send.ts";

/** The people of the tour. */
export const ada: Person = { name: "ada", groups: ["editors"], attributes: { "custom:tenant": "acme" } };
export const grace: Person = { name: "grace", groups: ["admins"], attributes: { "custom:tenant": "acme" } };
export const rob: Person = { name: "rob", attributes: { "custom:tenant": "globex" } };
export const mallory: Person = { name: "mallory", groups: ["editors", "suspended"] };
/** Not a person but a job: it signs in for the credentials of its role alone. */
export const nightly: Person = { name: "nightly", groups: ["reporters"] };

/** Credentials of the identity pool, fetched from the gate's own broker so that the gate knows them. */
export async function brokeredCredentials(port: number, idToken?: string): Promise<SigningCredentials> {
  const headers = idToken === undefined ? {} : { authorization: `Bearer ${idToken}` };
  const fetchThem = () => send(port, { method: "GET", path: "/.well-known/poolgate/credentials", headers });
  let answer = await fetchThem();
  // A broker that AWS keeps waiting says 503, and to come again: the exchange goes on, and the next call joins it.
  for (let attempt = 1; answer.status === 503 && attempt < 20; attempt += 1) {
    await pause(1_000);
    answer = await fetchThem();
  }
  if (answer.status !== 200) throw new Error(`the broker answered ${answer.status}: ${answer.text}`);
  const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(answer.text) as BrokerCredentials;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
}

/** A second signer that somebody else maintains, in the shape of the first. */
export function aws4fetchSigner(credentials: SigningCredentials, region: string): Signer {
  const client = new AwsClient({ ...credentials, region, service });
  return {
    async sign({ method, host, path, headers = {}, body }) {
      const signed = await client.sign(`http://${host}${path}`, {
        method,
        headers: { ...headers },
        ...(typeof body === "string" && { body }),
      });
      return { ...Object.fromEntries(signed.headers), host };
    },
  };
}
