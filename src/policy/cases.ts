/** Parameters of a route, each with the value that it must have; where there are none, any request of the route will do. */
export type Case = ReadonlyMap<string, string>;

/**
 * When a rule comes to a value, for one caller: in any of some cases, or as the rules that are named decide, of which more must
 * be known than who calls and which values they compare parameters with.
 */
export type Cases = { readonly cases: readonly Case[] } | { readonly open: readonly string[] };

/** Combinations of parameters beyond these are not counted out. */
const maximumCases = 256;

/** Whatever the request. */
export const always: Cases = Object.freeze({ cases: Object.freeze([new Map<string, string>()]) });

/** Whatever the request, it does not. */
export const never: Cases = Object.freeze({ cases: Object.freeze([]) });

/** Where a parameter has any of the values. */
export function whereParam(name: string, values: readonly string[]): Cases {
  return { cases: values.map((value) => new Map([[name, value]])) };
}

/** Where all of the parts do. */
export function inAll(parts: readonly Cases[]): Cases {
  if (parts.some((part) => "cases" in part && part.cases.length === 0)) return never;
  let joined: readonly Case[] = [new Map()];
  const open = openIn(parts);
  if (open.length > 0) return { open };
  for (const part of parts) {
    joined = distinct(joined.flatMap((one) => casesIn([part]).flatMap((other) => merged(one, other))));
    if (joined.length > maximumCases) return { open: [`more than ${maximumCases} combinations of parameters`] };
  }
  return { cases: joined };
}

/** Where any of the parts does. */
export function inAny(parts: readonly Cases[]): Cases {
  const cases = casesIn(parts);
  if (cases.some((one) => one.size === 0)) return always;
  const open = openIn(parts);
  return open.length > 0 ? { open } : { cases: distinct(cases) };
}

function casesIn(parts: readonly Cases[]): readonly Case[] {
  return parts.flatMap((part) => ("cases" in part ? part.cases : []));
}

function openIn(parts: readonly Cases[]): readonly string[] {
  return [...new Set(parts.flatMap((part) => ("open" in part ? part.open : [])))];
}

/** Both cases in one; none where they demand two values of one parameter. */
function merged(one: Case, other: Case): readonly Case[] {
  for (const [name, value] of other) {
    if ((one.get(name) ?? value) !== value) return [];
  }
  return [new Map([...one, ...other])];
}

function distinct(cases: readonly Case[]): readonly Case[] {
  return [...new Map(cases.map((one) => [JSON.stringify([...one].sort()), one])).values()];
}
