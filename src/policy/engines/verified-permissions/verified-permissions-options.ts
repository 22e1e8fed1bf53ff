import type { MappingOptions } from "../mapping-options.ts";

/** A client of `@aws-sdk/client-verifiedpermissions`, or whatever sends its commands. */
export interface PermissionsClient {
  send(command: never, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

/** How long answers are kept. */
export interface AnswerCacheOptions {
  /** How old an answer may be, in seconds: 1 to 300. So long a change of policies or entities may go unseen. */
  readonly maxAgeSeconds: number;
  /** The most answers that are kept, those used last; 10,000 by default. */
  readonly entries?: number;
}

/** What {@link verifiedPermissionsEngine} takes. */
export interface VerifiedPermissionsOptions extends MappingOptions {
  /** Such as `new VerifiedPermissionsClient({ region: "eu-west-1" })`. */
  readonly client: PermissionsClient;
  /** The id of the policy store. */
  readonly policyStoreId: string;
  /** Keeps answers for a while; without it every question is asked. */
  readonly cache?: AnswerCacheOptions;
  /** How long an answer may take; by default as long as the policy says. */
  readonly timeoutSeconds?: number;
}
