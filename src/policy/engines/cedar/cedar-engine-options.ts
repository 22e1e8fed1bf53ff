import type { MappingOptions } from "../mapping-options.ts";

/** Policies as Cedar writes them: one text, or texts by id. */
export type CedarPolicies = string | Readonly<Record<string, string>>;

/** A schema of Cedar, as text or as JSON. */
export type CedarSchema = string | Readonly<Record<string, unknown>>;

/** What {@link cedarEngine} takes. */
export interface CedarEngineOptions extends MappingOptions {
  /** The policies; those of one text are called by their annotation `@id("...")`. Templates are not taken. */
  readonly policies: CedarPolicies;
  /** What policies and questions must conform to. */
  readonly schema?: CedarSchema;
  /** How long `entities` may take where it is a function; by default as long as the policy says. */
  readonly timeoutSeconds?: number;
}
