import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import { albKeys } from "./alb-keys.ts";
import { readAudiences } from "./audience.ts";
import { type ClaimPath, readClaimPath } from "./claim-path.ts";
import { requireIssuerAddress } from "./issuer-address.ts";
import { type IssuerKeyOptions, type IssuerKeys, issuerKeyOptionNames, readKeyFetching } from "./issuer-keys.ts";
import type { KeySource } from "./jwks.ts";
import { requireJwksUri } from "./jwks-uri.ts";
import { type LoadBalancer, readLoadBalancerArn } from "./load-balancer-arn.ts";
import { compileNaming, type Naming, type Rename } from "./naming.ts";
import { offlineKeys } from "./offline-keys.ts";
import { readOrigins } from "./own-origins.ts";
import { readTagMapping, type TagMapping } from "./tag-mapping.ts";

/** What {@link alb} takes. */
export interface AlbOptions extends Omit<IssuerKeyOptions, "jwksUri"> {
  /**
   * The ARN of the load balancer, or of several in one region. All customers of a region share its keys, so that the signer alone
   * tells whose load balancer it was.
   */
  readonly loadBalancerArn: string | readonly string[];
  /**
   * The exact `iss`: the issuer that the listener authenticates with, such as
   * `https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01`.
   */
  readonly issuer: string;
  /** The client, or clients, that the listener authenticates for; `null` accepts any. */
  readonly clientId: string | readonly string[] | null;
  /**
   * The origins of our own pages, each exactly as browsers send it, such as `https://app.example.com`. The load balancer knows its
   * users by a cookie, which browsers send along with requests that other sites bring about. So all methods but GET, HEAD and
   * OPTIONS, and every request with `Upgrade`, need one `Origin` header with one of them; an empty list lets none of these pass.
   */
  readonly origins: readonly string[];
  /**
   * Whether a token for another issuer of the same `bearer` may stand beside that of the load balancer: it is verified as well, and
   * must be the same caller's. What the load balancer states stands. False by default: both at once are `ambiguous_credentials`.
   */
  readonly replaces?: boolean;
  /** The claim that lists the groups. By default the token says nothing of groups; that of a user pool never does. */
  readonly groupsClaim?: ClaimPath;
  /** The tags of the principal by name, each with the claim that it is read from. None by default. */
  readonly principalTags?: Readonly<Record<string, string>>;
  /** How the groups are named beside those of other issuers. */
  readonly groups?: Naming;
  /** How the tags are named beside those of other issuers. */
  readonly tags?: Naming;
  /** Where each key stands by its id, for regions outside of the partitions `aws` and `aws-us-gov`, which have no default. */
  readonly keysUri?: string;
}

/** The options of a load balancer, checked. */
export interface AlbSettings extends IssuerKeys {
  readonly signers: ReadonlySet<string>;
  readonly issuer: string;
  readonly clients: ReadonlySet<string> | null;
  readonly origins: readonly string[];
  readonly replaces: boolean;
  readonly groupsClaim: readonly string[] | undefined;
  readonly tags: TagMapping;
  readonly groups: Rename;
  /** Whether everything that the tokens give has been named. */
  readonly declared: boolean;
}

const optionNames: readonly string[] = [
  "loadBalancerArn",
  "issuer",
  "clientId",
  "origins",
  "replaces",
  "groupsClaim",
  "principalTags",
  "groups",
  "tags",
  "keysUri",
  ...issuerKeyOptionNames.filter((name) => name !== "jwksUri"),
];

/**
 * Checks the options of a load balancer.
 *
 * @throws ConfigurationError
 */
export function readAlbOptions(options: AlbOptions): AlbSettings {
  refuseUnknownOptions("alb", options, optionNames);
  const { clientId, replaces = false, groups, tags } = options;
  const balancers = readLoadBalancers(options.loadBalancerArn);
  const groupsClaim =
    options.groupsClaim === undefined ? undefined : readClaimPath("alb.groupsClaim", options.groupsClaim);
  const mapping = readTagMapping("alb.principalTags", options.principalTags, compileNaming("alb.tags", tags), '"org"');
  if (typeof replaces !== "boolean") throw invalid("replaces", "must be true or false");
  return {
    signers: new Set(balancers.map(({ arn }) => arn)),
    issuer: requireIssuerAddress("alb.issuer", options.issuer, options.allowLoopbackHttp === true),
    clients: clientId === null ? null : readAudiences("alb.clientId", clientId, '"1example23456789"'),
    origins: [...readOrigins("alb.origins", options.origins)],
    replaces,
    groupsClaim,
    tags: mapping,
    groups: compileNaming("alb.groups", groups),
    declared: (groupsClaim === undefined || groups !== undefined) && (mapping.length === 0 || tags !== undefined),
    ...readKeys(options, balancers[0]),
  };
}

function readLoadBalancers(value: unknown): readonly [LoadBalancer, ...LoadBalancer[]] {
  const arns: readonly unknown[] = Array.isArray(value) ? value : [value];
  const [first, ...others] = arns.map((arn) => readLoadBalancerArn("alb.loadBalancerArn", arn));
  if (first === undefined) throw invalid("loadBalancerArn", "the list is empty, so that no token could be accepted");
  if (others.some(({ region }) => region !== first.region)) {
    throw invalid("loadBalancerArn", "all must be in one region, since each region has keys of its own");
  }
  return [first, ...others];
}

function readKeys(options: AlbOptions, balancer: LoadBalancer): IssuerKeys {
  const { jwks, keysUri } = options;
  const { allowLoopbackHttp, toleranceSeconds, ...fetching } = readKeyFetching("alb", options);
  if (jwks !== undefined && keysUri !== undefined) throw invalid("jwks", "write jwks or keysUri, not both");
  return { clock: fetching.clock, toleranceSeconds, keys: readSource() };

  function readSource(): KeySource {
    if (jwks !== undefined) return offlineKeys("alb.jwks", jwks, ["ES256"]);
    return albKeys({ ...fetching, uri: readKeysUri(keysUri ?? defaultKeysUri(balancer), allowLoopbackHttp) });
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding */
function defaultKeysUri({ partition, region }: LoadBalancer): string {
  if (partition === "aws") return `https://public-keys.auth.elb.${region}.amazonaws.com`;
  if (partition === "aws-us-gov") {
    return `https://s3-${region}.amazonaws.com/aws-elb-public-keys-prod-${region}`;
  }
  throw new ConfigurationError(
    "missing_option",
    "alb.keysUri",
    `AWS documents no address of the keys in ${partition}; write the one under which a key stands by its id`,
  );
}

function readKeysUri(value: unknown, allowLoopbackHttp: boolean): string {
  const uri = requireJwksUri("alb.keysUri", value, allowLoopbackHttp);
  if (/[?#\\\s]/.test(uri))
    throw invalid("keysUri", "must have no query and no fragment: the id of a key is put behind it");
  return uri.replace(/\/$/, "");
}

function invalid(name: keyof AlbOptions, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `alb.${name}`, message);
}
