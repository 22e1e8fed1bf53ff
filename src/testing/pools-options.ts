import { ConfigurationError, refuseUnknownOptions, requireInteger, requireText } from "../configuration.ts";
import { stableUuid } from "./person.ts";

/** What {@link startPools} takes; every option has a default. */
export interface PoolsOptions {
  /** The region of both pools and of STS; `eu-west-1` by default. */
  readonly region?: string;
  /** The id of the user pool; `<region>_Testing01` by default. Give another to a second set of pools. */
  readonly userPoolId?: string;
  /** The app client that tokens are minted for, and that the identity pool trusts; `1testing23456789` by default. */
  readonly clientId?: string;
  /** The id of the identity pool; `<region>:` and a UUID that follows from the user pool's id by default. */
  readonly identityPoolId?: string;
  /** The twelve digits of the account; `123456789012` by default. */
  readonly accountId?: string;
  /**
   * Groups of the user pool and the IAM role that each has, in order of precedence: `{ editors: "ArticleEditor" }`. ID tokens
   * then have `cognito:roles` and `cognito:preferred_role`, and the identity pool takes the role from there.
   */
  readonly roles?: Readonly<Record<string, string>>;
  /** The role of authenticated identities whose token names none; `Authenticated` by default. */
  readonly authenticatedRole?: string;
  /** The role of guests; `Guest` by default. */
  readonly guestRole?: string;
  /**
   * Providers that the identity pool trusts beside the user pool, such as `["accounts.google.com"]`; none by default. Their
   * tokens are minted by {@link Pools.loginToken}.
   */
  readonly loginProviders?: readonly string[];
  /** Whether the identity pool admits guests; false by default, as in Cognito. */
  readonly guests?: boolean;
  /**
   * Attributes that access tokens carry too, such as `["custom:tenant"]`; none by default. At Cognito that takes a pre token
   * generation trigger.
   */
  readonly accessTokenAttributes?: readonly string[];
  /** Seconds that credentials of the identity pool live; 3600 by default. */
  readonly credentialsSeconds?: number;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

/** The options with every default filled in. */
export type PoolsSetup = Required<Omit<PoolsOptions, "roles">> & { readonly roles: ReadonlyMap<string, string> };

const optionNames = [
  "region",
  "userPoolId",
  "clientId",
  "identityPoolId",
  "accountId",
  "roles",
  "authenticatedRole",
  "guestRole",
  "loginProviders",
  "guests",
  "accessTokenAttributes",
  "credentialsSeconds",
  "clock",
];
const regionForm = /^[a-z]{2}(?:-[a-z]+)+-\d$/;
const roleForm = /^(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/;

/**
 * Checks the options and fills in the defaults.
 *
 * @throws ConfigurationError where an option is misspelled or of the wrong form.
 */
export function readPoolsOptions(options: PoolsOptions): PoolsSetup {
  refuseUnknownOptions("startPools", options, optionNames);
  const region = requireForm("region", options.region ?? "eu-west-1", regionForm, "eu-west-1");
  const userPoolForm = new RegExp(`^${region}_[A-Za-z0-9]+$`);
  const userPoolId = requireForm(
    "userPoolId",
    options.userPoolId ?? `${region}_Testing01`,
    userPoolForm,
    `${region}_Example01`,
  );
  const { guests = false, accessTokenAttributes = [], loginProviders = [], clock = Date.now } = options;
  if (typeof guests !== "boolean") throw invalid("guests", "must be true or false");
  if (typeof clock !== "function") throw invalid("clock", "must be a function such as Date.now");
  if (!Array.isArray(accessTokenAttributes)) throw invalid("accessTokenAttributes", 'must be a list such as ["email"]');
  if (!Array.isArray(loginProviders) || !loginProviders.every((name) => typeof name === "string" && name !== "")) {
    throw invalid("loginProviders", 'must be a list such as ["accounts.google.com"]');
  }
  const roles = new Map(Object.entries(options.roles ?? {}));
  for (const [group, role] of roles) requireForm(`roles.${group}`, role, roleForm, "ArticleEditor");
  const credentialsSeconds = requireInteger(
    "startPools.credentialsSeconds",
    options.credentialsSeconds ?? 3600,
    1,
    43_200,
  );
  return {
    region,
    userPoolId,
    clientId: requireText("startPools.clientId", options.clientId ?? "1testing23456789", "1example23456789"),
    identityPoolId: requireForm(
      "identityPoolId",
      options.identityPoolId ?? `${region}:${stableUuid(userPoolId)}`,
      new RegExp(`^${region}:[0-9a-f-]{36}$`),
      `${region}:00000000-0000-4000-8000-000000000000`,
    ),
    accountId: requireForm("accountId", options.accountId ?? "123456789012", /^\d{12}$/, "123456789012"),
    roles,
    authenticatedRole: requireForm(
      "authenticatedRole",
      options.authenticatedRole ?? "Authenticated",
      roleForm,
      "Member",
    ),
    guestRole: requireForm("guestRole", options.guestRole ?? "Guest", roleForm, "Visitor"),
    loginProviders,
    guests,
    accessTokenAttributes,
    credentialsSeconds,
    clock,
  };
}

function requireForm(option: string, value: unknown, form: RegExp, example: string): string {
  const text = requireText(`startPools.${option}`, value, example);
  if (!form.test(text)) {
    throw invalid(option, `must be of a form such as ${example}`);
  }
  return text;
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `startPools.${option}`, message);
}
