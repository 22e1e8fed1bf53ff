import type { KeyObject } from "node:crypto";
import type { Disclosure } from "./decision-log-options.ts";
import { pseudonymOf } from "./pseudonym.ts";

/** A value as it is, or its pseudonym where it is to be hashed; the options see to it that there is a key then. */
export function disclose(value: string, mode: Exclude<Disclosure, "omit">, key: KeyObject | undefined): string {
  return mode === "plain" || key === undefined ? value : pseudonymOf(key, value);
}
