import type { SigningCredentials } from "poolgate/testing";
import { service } from "./api.ts";

/** What a reader can type while the tour is up. The credentials are worth nothing outside of it. */
export function commandsToTry(options: {
  readonly port: number;
  readonly token: string;
  readonly credentials: SigningCredentials;
  /** What an enrollment gave: an access key id of the gate, and the secret that the caller made up for it. */
  readonly enrolled: SigningCredentials;
  readonly region: string;
}): string {
  const { port, token, credentials, enrolled, region } = options;
  const url = `http://127.0.0.1:${port}`;
  return `
Try it by hand, as ada:

  TOKEN='${token}'
  SESSION_TOKEN='${credentials.sessionToken ?? ""}'

  curl -i ${url}/articles/1 -H "authorization: Bearer $TOKEN"

  curl -i ${url}/articles/1 --aws-sigv4 'aws:amz:${region}:${service}' \\
    --user '${credentials.accessKeyId}:${credentials.secretAccessKey}' -H "x-amz-security-token: $SESSION_TOKEN"

  curl -i ${url}/articles -H 'content-type: application/json' -d '{"title":"By hand"}' \\
    --aws-sigv4 'aws:amz:${region}:${service}' \\
    --user '${credentials.accessKeyId}:${credentials.secretAccessKey}' -H "x-amz-security-token: $SESSION_TOKEN"

  # enrolled: a secret that AWS has never seen, and no session token
  curl -i ${url}/articles/1 --aws-sigv4 'aws:amz:${region}:${service}' \\
    --user '${enrolled.accessKeyId}:${enrolled.secretAccessKey}'

  curl -i ${url}/admin -H "authorization: Bearer $TOKEN"
`;
}
