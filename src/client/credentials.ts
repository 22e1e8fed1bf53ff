import { ClientError } from "./client-error.ts";

/** Credentials in the shape of the AWS SDK for JavaScript. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Temporary credentials have one. */
  readonly sessionToken?: string | undefined;
  /** When they end; they are then asked for again. */
  readonly expiration?: Date | undefined;
}

/** Where credentials come from: a credential provider of the AWS SDK, or credentials that do not change. */
export type CredentialsSource = AwsCredentials | (() => AwsCredentials | Promise<AwsCredentials>);

/** Temporary credentials, such as those of a role or of an identity pool. */
export interface TemporaryCredentials extends AwsCredentials {
  readonly sessionToken: string;
}

/**
 * Asks for credentials.
 *
 * @throws ClientError `no_credentials_given`
 */
export async function askCredentials(source: CredentialsSource): Promise<AwsCredentials> {
  const given: unknown = typeof source === "function" ? await asked(source) : source;
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = Object(given) as Readonly<Record<string, unknown>>;
  if (typeof accessKeyId !== "string" || accessKeyId === "") throw none("no accessKeyId");
  if (typeof secretAccessKey !== "string" || secretAccessKey === "") throw none("no secretAccessKey");
  if (sessionToken !== undefined && typeof sessionToken !== "string") throw none("a sessionToken that is no string");
  if (expiration !== undefined && !(expiration instanceof Date)) throw none("an expiration that is no Date");
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    ...(expiration !== undefined && { expiration }),
  };
}

/**
 * Asks for credentials that STS knows as those of a role.
 *
 * @throws ClientError `no_credentials_given` also where they are those of an IAM user, whom no gate enrolls.
 */
export async function askTemporaryCredentials(source: CredentialsSource): Promise<TemporaryCredentials> {
  const { sessionToken, ...credentials } = await askCredentials(source);
  if (sessionToken === undefined || sessionToken === "") throw none("no sessionToken, so they are not temporary");
  return { ...credentials, sessionToken };
}

async function asked(provider: () => AwsCredentials | Promise<AwsCredentials>): Promise<AwsCredentials> {
  try {
    return await provider();
  } catch (cause) {
    throw new ClientError("no_credentials_given", "The provider of credentials failed.", { cause });
  }
}

function none(what: string): ClientError {
  return new ClientError("no_credentials_given", `The credentials cannot be used: ${what}.`);
}
