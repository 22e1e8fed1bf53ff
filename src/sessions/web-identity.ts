import { accessKeyIdForm } from "../access-key-id.ts";
import { type AwsConnection, callAws, unavailable } from "../aws-call.ts";
import { ConfigurationError } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import { safeCause } from "../safe-cause.ts";
import type { AwsCredentials } from "./identity-pool.ts";
import { secretForm, sessionTokenForm } from "./session-init.ts";

/** What STS is asked for. */
export interface WebIdentityRequest {
  /** The OpenID token of the identity pool. */
  readonly token: string;
  readonly roleArn: string;
  readonly sessionName: string;
  /** The session policy as JSON; undefined for none. */
  readonly policy: string | undefined;
  readonly durationSeconds: number;
}

/** STS in the classic flow. */
export interface WebIdentity {
  /**
   * Asks STS for credentials of a role, once.
   *
   * @throws AuthError `configuration_error` where the operator's choice is refused, else `upstream_unavailable`.
   * @throws ConfigurationError where the AWS SDK is not installed.
   */
  assumeRole(request: WebIdentityRequest): Promise<AwsCredentials>;
  /**
   * Loads the AWS SDK.
   *
   * @throws ConfigurationError where it is not installed.
   */
  ready(): Promise<void>;
}

/** What the operator must set right, by the error of STS; its message is left behind, since it may quote what was sent. */
const faults: Readonly<Record<string, string>> = {
  AccessDenied: "STS does not let the role be assumed: its trust policy must admit the identity pool",
  MalformedPolicyDocumentException: "STS refuses the session policy",
  PackedPolicyTooLargeException: "the session policy is too large for STS",
  RegionDisabledException: "STS is not activated in the region of the identity pool",
  ValidationError: "STS refuses the role, the session name, or a session of this length for the role",
};

/**
 * AssumeRoleWithWebIdentity through `@aws-sdk/client-sts`, an optional peer that is loaded when it is first needed.
 *
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html. The call bears no signature, and
 * travels as every other call of the broker to AWS does: with the same `fetch`, bounds and endpoint.
 */
export function webIdentity(connection: AwsConnection, region: string): WebIdentity {
  const requestHandler = {
    async handle({ headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body?: unknown }) {
      const answer = await callAws(connection, {
        headers: { "content-type": String(headers["content-type"]) },
        body: String(body),
        mediaType: "text/xml",
      });
      const response = { statusCode: answer.status, headers: Object.fromEntries(answer.headers) };
      return { response: { ...response, body: new TextEncoder().encode(answer.body) } };
    },
  };

  async function send(request: WebIdentityRequest) {
    const { AssumeRoleWithWebIdentityCommand, STSClient } = await loadSts();
    // What is set here is what the SDK would otherwise take from the environment and from files.
    const settings = { useDualstackEndpoint: false, useFipsEndpoint: false, userAgentAppId: "poolgate" };
    const schemes = { authSchemePreference: ["smithy.api#noAuth"], sigv4aSigningRegionSet: [region] };
    const retries = { maxAttempts: 1, retryMode: "standard" };
    const endpoint = connection.url.href;
    const client = new STSClient({ region, endpoint, requestHandler, ...settings, ...schemes, ...retries });
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: request.roleArn,
      RoleSessionName: request.sessionName,
      WebIdentityToken: request.token,
      DurationSeconds: request.durationSeconds,
      Policy: request.policy,
    });
    const { Credentials: credentials } = await client.send(command);
    return credentials;
  }

  return {
    async assumeRole(request) {
      let credentials: Awaited<ReturnType<typeof send>>;
      try {
        credentials = await send(request);
      } catch (thrown) {
        throw refusalOf(thrown);
      }
      const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "", Expiration } = credentials ?? {};
      const expiration = Expiration?.getTime() ?? Number.NaN;
      if (
        !accessKeyIdForm.test(AccessKeyId) ||
        !secretForm.test(SecretAccessKey) ||
        !sessionTokenForm.test(SessionToken) ||
        Number.isNaN(expiration)
      ) {
        throw unavailable("the answer of STS cannot be read");
      }
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration };
    },
    async ready() {
      await loadSts();
    },
  };
}

async function loadSts() {
  try {
    return await import("@aws-sdk/client-sts");
  } catch (cause) {
    const fault = new ConfigurationError(
      "missing_option",
      "broker.classic",
      "the classic flow needs the AWS SDK for STS: npm install @aws-sdk/client-sts",
    );
    fault.cause = cause;
    throw fault;
  }
}

function refusalOf(thrown: unknown): Error {
  if (thrown instanceof ConfigurationError) return thrown;
  // Made anew, since the SDK hangs what it sent and received on the faults that pass through it.
  if (thrown instanceof AuthError) return new AuthError(thrown.code, thrown.options);
  const name = thrown instanceof Error ? thrown.name : "";
  const reason = Object.hasOwn(faults, name) ? faults[name] : undefined;
  if (reason !== undefined) return new AuthError("configuration_error", { reason });
  return new AuthError("upstream_unavailable", { reason: "STS gave no credentials", cause: safeCause(thrown) });
}
