import { ConfigurationError, refuseUnknownOptions, requireText } from "../configuration.ts";
import type { GatewayFormat, GatewayIdentity } from "../request.ts";
import { identityIdForm } from "../tokens/identity-id.ts";
import { userPoolNames } from "../tokens/user-pool-id.ts";
import { factOf } from "./gateway-facts.ts";
import type { IdentityPools } from "./iam-principal.ts";

/** A stage of a REST API or an HTTP API. */
export interface ApiStage {
  /** The twelve digits of the account that the API is in. */
  readonly account: string;
  /** The id of the API, such as `abcdef1234`. */
  readonly apiId: string;
  /** The name of the stage, or `$default`. */
  readonly stage: string;
}

/** An identity pool whose identities are believed. */
export interface TrustedIdentityPool {
  /** The id of the pool, such as `eu-west-1:11111111-2222-3333-4444-555555555555`. */
  readonly identityPoolId: string;
  /** The ids of the user pools whose users it may name; none by default, so that only its guests are let in. */
  readonly userPools?: readonly string[];
}

/** The identity pools that are believed when this gateway says that a caller is of one. */
export interface WithIdentityPools {
  /** None by default: whoever comes with credentials of an identity pool is `identity_not_accepted`. */
  readonly identityPools?: readonly TrustedIdentityPool[];
}

/** A stage of a REST API whose methods have the authorization `AWS_IAM`. */
export interface RestIamTrust extends ApiStage, WithIdentityPools {
  readonly format: "rest-iam";
}

/** A stage of an HTTP API whose routes have the authorization `AWS_IAM`. */
export interface HttpIamTrust extends ApiStage, WithIdentityPools {
  readonly format: "http-iam";
}

/** A function URL with the authorization `AWS_IAM`. It tells of no identity pool. */
export interface FunctionUrlTrust {
  readonly format: "function-url-iam";
  /** What its host name begins with. */
  readonly urlId: string;
}

/** An AppSync API with the authorization `AWS_IAM`, for its Lambda resolvers. */
export interface AppSyncTrust extends WithIdentityPools {
  readonly format: "appsync-iam";
  /**
   * The host of its GraphQL endpoint, or its custom domain, whichever the callers use: resolvers learn neither the id of the API
   * nor its account.
   */
  readonly host: string;
}

/** A service of VPC Lattice with an auth policy. It tells of no identity pool. */
export interface LatticeTrust {
  readonly format: "vpc-lattice";
  readonly serviceNetworkArn: string;
  readonly serviceArn: string;
}

/** A gateway that is believed when it says that it has checked a signature. */
export type IamTrust = RestIamTrust | HttpIamTrust | FunctionUrlTrust | AppSyncTrust | LatticeTrust;

/** How the members of one format that name a gateway are written. */
type Members = Readonly<Record<string, { readonly form: RegExp; readonly example: string }>>;

// https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html and
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html
const apiStage: Members = {
  account: { form: /^\d{12}$/, example: '"123456789012"' },
  apiId: { form: /^[\da-z]{1,64}$/, example: '"abcdef1234"' },
  stage: { form: /^(?:\$default|[\w-]{1,128})$/, example: '"prod"' },
};

/** What names a gateway of each format: the members of its trust entry, which stand in the events under the same names. */
const gatewayMembers: Readonly<Record<GatewayFormat, Members>> = {
  "rest-iam": apiStage,
  "http-iam": apiStage,
  "function-url-iam": { urlId: { form: /^[\da-z]{1,64}$/, example: '"exampleexampleexampleexample1234"' } },
  "appsync-iam": {
    host: {
      form: /^[\da-z-]{1,63}(?:\.[\da-z-]{1,63})+$/,
      example: '"exampleexampleexampleexam.appsync-api.eu-west-1.amazonaws.com"',
    },
  },
  "vpc-lattice": {
    serviceNetworkArn: {
      form: /^arn:aws(?:-[a-z]+)*:vpc-lattice:[\da-z-]+:\d{12}:servicenetwork\/sn-[\da-z]{17}$/,
      example: '"arn:aws:vpc-lattice:eu-west-1:123456789012:servicenetwork/sn-0123456789abcdef0"',
    },
    serviceArn: {
      form: /^arn:aws(?:-[a-z]+)*:vpc-lattice:[\da-z-]+:\d{12}:service\/svc-[\da-z]{17}$/,
      example: '"arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-0123456789abcdef0"',
    },
  },
  "rest-cognito": apiStage,
  "http-jwt": apiStage,
};

/**
 * Checks what names a gateway in its trust entry.
 *
 * @param at the entry, for faults, such as `gatewayEvent.trust[0]`.
 * @param others the names of the further members that the entry may have.
 * @throws ConfigurationError
 */
export function readGateway(at: string, format: GatewayFormat, entry: object, others: readonly string[]): GatewayNames {
  const members = Object.entries(gatewayMembers[format]);
  refuseUnknownOptions(at, entry, ["format", ...members.map(([name]) => name), ...others]);
  return members.map(([name, { form, example }]) => {
    const text = requireText(`${at}.${name}`, (entry as Record<string, unknown>)[name], example);
    if (form.test(text)) return [name, text] as const;
    throw new ConfigurationError("invalid_option", `${at}.${name}`, `must be written as ${example}`);
  });
}

/** What names a gateway, as members and their values. */
export type GatewayNames = readonly (readonly [member: string, value: string])[];

/** Whether an event says that it comes from the gateway of these names. */
export function namesGateway(names: GatewayNames, { gateway }: GatewayIdentity): boolean {
  return names.every(([name, value]) => factOf(gateway, name) === value);
}

/**
 * Checks the list of identity pools in a trust entry.
 *
 * @throws ConfigurationError
 */
export function readIdentityPools(option: string, pools: unknown = []): IdentityPools {
  if (!Array.isArray(pools)) throw new ConfigurationError("invalid_option", option, "must be a list of identity pools");
  const read = new Map<string, ReturnType<typeof userPoolNames>[]>();
  for (const [index, pool] of pools.entries()) {
    const at = `${option}[${index}]`;
    refuseUnknownOptions(at, pool, ["identityPoolId", "userPools"]);
    const example = '"eu-west-1:11111111-2222-3333-4444-555555555555"';
    const id = requireText(`${at}.identityPoolId`, pool.identityPoolId, example);
    if (!identityIdForm.test(id) || read.has(id)) {
      throw new ConfigurationError("invalid_option", `${at}.identityPoolId`, `must be one more id such as ${example}`);
    }
    const userPools: unknown = pool.userPools ?? [];
    if (!Array.isArray(userPools)) {
      throw new ConfigurationError("invalid_option", `${at}.userPools`, 'write a list such as ["eu-west-1_Example01"]');
    }
    read.set(
      id,
      userPools.map((userPool) => userPoolNames(`${at}.userPools`, userPool)),
    );
  }
  return read;
}
