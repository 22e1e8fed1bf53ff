import type { RoleName } from "../arn.ts";

/** One value, or a list of which any may hold. A list is never empty. */
export type OneOrMore<T> = T | readonly [T, ...T[]];

/** A value that a rule compares with; never coerced, so `1` and `"1"` are not the same. */
export type Literal = string | number | boolean;

/** A claim of the verified token, by its exact name. */
export interface ClaimOperand {
  readonly claim: string;
}

/** A principal tag, by its exact name. */
export interface TagOperand {
  readonly tag: string;
}

/** A parameter of the route's path, decoded. */
export interface ParamOperand {
  readonly param: string;
}

/** A parameter of the query, decoded; one that occurs twice, or under a name with brackets, counts as unknown. */
export interface QueryOperand {
  readonly query: string;
}

/** A header of the request; one that occurs twice counts as unknown, and headers that carry credentials are refused. */
export interface HeaderOperand {
  readonly header: string;
}

/** The `sub` of the user pool. */
export interface UserIdOperand {
  readonly userId: true;
}

/** The id of the identity pool's identity. */
export interface IdentityIdOperand {
  readonly identityId: true;
}

/** Something with a value that a rule can compare; it is no rule by itself. */
export type Operand =
  | ClaimOperand
  | TagOperand
  | ParamOperand
  | QueryOperand
  | HeaderOperand
  | UserIdOperand
  | IdentityIdOperand;

/** Always true, even for a caller without a credential; a route with exactly this rule is free of `require` too. */
export type AnyoneRule = "anyone";

/** True for users, clients and roles; false for guests and anonymous callers. */
export type AuthenticatedRule = "authenticated";

/** True for guests of an identity pool, who are known by an identity and by nothing else. */
export type GuestRule = "guest";

/** True for a caller in any of the groups. */
export interface GroupRule {
  readonly group: OneOrMore<string>;
}

/** True for a caller with any of the OAuth scopes. */
export interface ScopeRule {
  readonly scope: OneOrMore<string>;
}

/** True for a caller in any of the IAM roles; `*` in the name of a role stands for any run of characters. */
export interface RoleRule {
  readonly role: OneOrMore<RoleName>;
}

/** True for a caller whose role is in any of the AWS accounts, each of twelve digits. */
export interface AccountRule {
  readonly account: OneOrMore<string>;
}

/** True for a caller whom any of the issuers vouches for, compared exactly. */
export interface IssuerRule {
  readonly issuer: OneOrMore<string>;
}

/**
 * True for a caller whose token was given to any of the OAuth clients (app clients) of a user pool: a user who came through it, or
 * the machine itself. Of callers who sign, and of tokens of other issuers, the client is unknown.
 */
export interface ClientRule {
  readonly client: OneOrMore<string>;
}

/**
 * True for a request from any of the addresses or CIDR ranges, such as `10.0.0.0/8`; where the address of the caller is not
 * known, so is this.
 */
export interface IpRule {
  readonly ip: OneOrMore<string>;
}

/** True where both values are known, of one type, and the same. */
export interface EqualRule {
  readonly equal: readonly [Operand, Operand | Literal];
}

/** True where the value is known and is one of the list; the same as `anyOf` over `equal`. */
export interface OneOfRule {
  readonly oneOf: readonly [Operand, readonly [Literal, ...Literal[]]];
}

/** False where one rule is false, true where all are true. */
export interface AllOfRule {
  readonly allOf: readonly [Rule, ...Rule[]];
}

/** True where one rule is true, false where all are false. */
export interface AnyOfRule {
  readonly anyOf: readonly [Rule, ...Rule[]];
}

/** True where the rule is false; what is unknown stays unknown. */
export interface NotRule {
  readonly not: Rule;
}

/** The rule of that name in the policy's `rules`. */
export interface NamedRule {
  readonly rule: string;
}

/** What a {@link StepUpRule} demands of the user's authentication; one demand at least. */
export type StepUpNeeds = StepUpDemands &
  ({ readonly acr: string } | { readonly amr: OneOrMore<string> } | { readonly maxAge: number });

interface StepUpDemands {
  /** The least level (`acr`): one of the policy's `acrLevels`, such as `urn:cognito:loa:3`. */
  readonly acr?: string;
  /** The methods of which the user used any (`amr`), such as `mfa`. */
  readonly amr?: OneOrMore<string>;
  /** How many seconds ago at most the user authenticated (`auth_time`). */
  readonly maxAge?: number;
}

/**
 * True for a user who authenticated strongly or recently enough.
 *
 * What the credential does not tell is unknown, and so is all of it for who is no user. Where a user is refused for nothing else, the answer is 401
 * `insufficient_user_authentication`, which asks for a better authentication (RFC 9470).
 */
export interface StepUpRule {
  readonly stepUp: StepUpNeeds;
}

/** What a function or an engine is handed by name: literals as they are, operands as what they come to. */
export interface Arguments {
  readonly [name: string]: Operand | Literal;
}

/** A function or an engine by its name, with arguments or without. */
export type Call = string | { readonly name: string; readonly arguments: Arguments };

/**
 * What a function of the policy answers, which is registered beside it: see {@link PolicyExtensions}. Where an argument is not
 * known, nobody is asked and the rule is indeterminate.
 */
export interface CustomRule {
  readonly custom: Call;
}

/** What an engine of the policy answers, which is registered beside it; else the same as {@link CustomRule}. */
export interface DelegateRule {
  readonly delegate: Call;
}

/** A rule that judges nothing but its own operands. */
export type LeafRule =
  | AnyoneRule
  | AuthenticatedRule
  | GuestRule
  | GroupRule
  | ScopeRule
  | RoleRule
  | AccountRule
  | IssuerRule
  | ClientRule
  | IpRule
  | EqualRule
  | OneOfRule
  | StepUpRule
  | CustomRule
  | DelegateRule;

/**
 * A rule as plain JSON: what the combinators return, and what a document spells.
 *
 * A rule is true, false or indeterminate - the last where an attribute is missing, of the wrong type given twice, or not to be had from whom a rule asks. Only
 * true allows.
 */
export type Rule = LeafRule | AllOfRule | AnyOfRule | NotRule | NamedRule;
