import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { ClientError } from "../client/client-error.ts";
import { fetchCredentials } from "../client/fetch-credentials.ts";
import { ConfigurationError } from "../configuration.ts";
import { type Command, type CommandIo, UsageError } from "./command.ts";

const help = `Usage: poolgate credentials --url URL (--token-file FILE [--role ARN] | --guest)

Gets credentials of the identity pool from the broker of a gate, and prints them as credential_process does:
https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html

  --url URL          the gate or its broker: https, or http to this machine. A URL without a path
                     gets /.well-known/poolgate/credentials
  --token-file FILE  a file that holds an ID token of the user pool, read at each call; - for the standard input
  --role ARN         the IAM role to have, of those of the token, where the gate lets users choose
  --guest            come without a token, where the gate admits guests
  --help             print this

In ~/.aws/config:

  [profile articles]
  credential_process = poolgate credentials --url https://api.example.com --token-file /home/ada/.id-token

Exit codes: 0 done, 1 refused or not reachable, 2 called the wrong way.
`;

/** `poolgate credentials`: what the SDKs of AWS call as `credential_process`. */
export const credentialsCommand: Command = {
  help,
  async run(args, io) {
    const { url, tokenFile, role } = readArguments(args);
    const token = tokenFile === undefined ? undefined : await readToken(tokenFile, io);
    const { origin, pathname } = url;
    try {
      const credentials = await fetchCredentials({
        url: origin,
        idToken: token === undefined ? null : () => token,
        ...(role !== undefined && { role }),
        ...(pathname !== "/" && { path: pathname }),
      });
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
      const document = {
        Version: 1,
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: expiration.toISOString(),
      };
      io.out(`${JSON.stringify(document)}\n`);
      return 0;
    } catch (error) {
      if (error instanceof ConfigurationError) throw usageFault(error);
      if (!(error instanceof ClientError)) throw error;
      io.err(`poolgate credentials: ${error.message} (${error.code})\n`);
      return 1;
    }
  },
};

interface Arguments {
  readonly url: URL;
  /** Absent for a guest. */
  readonly tokenFile?: string;
  readonly role?: string;
}

/** The fault of an option of the client, as one of the argument that it came from. */
function usageFault(error: ConfigurationError): UsageError {
  const [, option, message] = /^fetchCredentials\.(\w+): (.*)$/s.exec(error.message) ?? [];
  return new UsageError(`${option === "role" ? "--role" : "--url"} ${message ?? error.message}`);
}

function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ url: { type: "string" }, "token-file": { type: "string" }, role: { type: "string" } },
      guest: { type: "boolean" },
    },
  });
  const { url, guest = false, "token-file": tokenFile, role } = values;
  if (url === undefined || !URL.canParse(url))
    throw new UsageError("--url must be a URL such as https://api.example.com");
  const parsed = new URL(url);
  if (parsed.username !== "" || parsed.password !== "" || parsed.search !== "" || parsed.hash !== "") {
    throw new UsageError("--url must hold no user name, password, query or fragment");
  }
  if (guest === (tokenFile !== undefined)) throw new UsageError("write one of --token-file FILE and --guest");
  if (guest && role !== undefined) throw new UsageError("--role goes with --token-file: guests choose no role");
  return { url: parsed, ...(tokenFile !== undefined && { tokenFile }), ...(role !== undefined && { role }) };
}

async function readToken(file: string, io: CommandIo): Promise<string> {
  try {
    return (file === "-" ? await io.input() : await readFile(file, "utf8")).trim();
  } catch {
    throw new UsageError("--token-file cannot be read");
  }
}
