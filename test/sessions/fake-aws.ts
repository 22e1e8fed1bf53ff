/** One call that the fake AWS received. */
export interface SeenCall {
  readonly operation: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly redirect: string | undefined;
}

/** What the fake AWS answers to an operation; by default what AWS would. */
export type Responder = (call: SeenCall, signal: AbortSignal | undefined) => Response | Promise<Response>;

export const identityId = "eu-west-1:11111111-2222-4333-8444-555555555555";
export const identityPoolId = "eu-west-1:00000000-0000-4000-8000-000000000000";
export const accessKeyId = "ASIAEXAMPLE000000001";
export const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
export const sessionToken = "FwoGZXIvYXdzEXAMPLE//////////wEaDExampleSessionToken==";
export const roleArn = "arn:aws:sts::123456789012:assumed-role/ArticleEditor/CognitoIdentityCredentials";

/** An answer of the identity pool. */
export function json(document: unknown, init: ResponseInit = {}): Response {
  const headers = { "content-type": "application/x-amz-json-1.1", ...init.headers };
  return new Response(JSON.stringify(document), { ...init, headers });
}

/** A refusal of the identity pool. */
export function refusal(type: string, status = 400): Response {
  return json({ __type: type, message: `message with ${secretAccessKey}` }, { status });
}

/** An answer of the identity pool to GetCredentialsForIdentity; `expiration` in seconds since 1970. */
export function credentials(expiration: number, changes: Readonly<Record<string, unknown>> = {}): Response {
  return json({
    IdentityId: identityId,
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration,
      ...changes,
    },
  });
}

/** The document that STS answers. */
export function callerIdentity(arn: string = roleArn, account = "123456789012"): string {
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>${arn}</Arn>
    <UserId>AROAEXAMPLE0000000001:CognitoIdentityCredentials</UserId>
    <Account>${account}</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>
`;
}

/** An answer of STS. */
export function xml(document: string, init: ResponseInit = {}): Response {
  return new Response(document, { ...init, headers: { "content-type": "text/xml", ...init.headers } });
}

/** The OpenID token of the identity pool. */
export const openIdToken = "eyJhbGciOiJSUzUxMiJ9.eyJzdWIiOiJleGFtcGxlIn0.c2lnbmF0dXJl";

/** The document that STS answers to AssumeRoleWithWebIdentity; `expiration` in milliseconds since 1970. */
export function assumedRole(expiration: number, changes: Readonly<Record<string, string>> = {}): string {
  const credentials = {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiration).toISOString(),
    ...changes,
  };
  const elements = Object.entries(credentials).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult><Credentials>${elements.join("")}</Credentials></AssumeRoleWithWebIdentityResult>
  <ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>
`;
}

/** A refusal of STS. */
export function stsRefusal(code: string, status = 400): Response {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>with ${secretAccessKey}</Message></Error>`;
  return xml(`<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${error}</ErrorResponse>`, { status });
}

/** A fetch that stands for the identity pool and STS, and the calls that it received. */
export function fakeAws(clock: () => number, responders: Readonly<Record<string, Responder>> = {}) {
  const calls: SeenCall[] = [];
  const usual: Readonly<Record<string, Responder>> = {
    GetId: () => json({ IdentityId: identityId }),
    GetCredentialsForIdentity: () => credentials(clock() / 1_000 + 3_600),
    GetOpenIdToken: () => json({ IdentityId: identityId, Token: openIdToken }),
    AssumeRoleWithWebIdentity: ({ body }) => {
      const seconds = Number(new URLSearchParams(body).get("DurationSeconds"));
      return xml(assumedRole(clock() + seconds * 1_000));
    },
    GetCallerIdentity: () => xml(callerIdentity()),
  };
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const headers = new Headers(init.headers);
    const body = String(init.body);
    const target = headers.get("x-amz-target") ?? "";
    const operation = target === "" ? (new URLSearchParams(body).get("Action") ?? "") : (target.split(".")[1] ?? "");
    const call = { operation, url: String(input), headers, body, redirect: init.redirect };
    calls.push(call);
    const responder = responders[operation] ?? usual[operation];
    if (responder === undefined) throw new Error(`there is no operation ${operation}`);
    return responder(call, init.signal ?? undefined);
  };
  const operations = () => calls.map(({ operation }) => operation);
  return { fetch, calls, operations };
}
