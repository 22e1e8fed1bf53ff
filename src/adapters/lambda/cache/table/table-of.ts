import type { Policy } from "../../../../policy/define-policy.ts";
import type { Grant } from "../../../../policy/grants.ts";
import { type ArnTable, type ArnTableOptions, arnTable } from "./arn-table.ts";
import type { Conflict } from "./path-table.ts";

/** Callers to whom the policy grants the same share a table; of these so many are remembered. */
const maximumTables = 200;

/** Makes the tables of callers, each once. */
export function createTables(unrouted: boolean): (policy: Policy, grants: readonly Grant[]) => ArnTable | Conflict {
  const byPolicy = new WeakMap<Policy, Map<string, ArnTable | Conflict>>();
  return (policy, grants) => {
    const tables = byPolicy.get(policy) ?? new Map<string, ArnTable | Conflict>();
    byPolicy.set(policy, tables);
    const key = JSON.stringify(
      grants.map((grant) => (grant.granted === "where" ? grant.where.map((one) => [...one]) : grant.granted)),
    );
    const options: ArnTableOptions = { caseSensitive: policy.document.caseSensitive, unrouted };
    const table = tables.get(key) ?? arnTable(grants, options);
    // The one that was asked for last goes last.
    tables.delete(key);
    tables.set(key, table);
    if (tables.size > maximumTables) tables.delete(tables.keys().next().value as string);
    return table;
  };
}
