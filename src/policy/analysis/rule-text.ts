/** Spells a rule, an operand or a value as the combinators do, such as `group("a")`. It is for persons, and never read again. */
export function ruleText(part: unknown): string {
  if (typeof part !== "object" || part === null) return JSON.stringify(part);
  if (Array.isArray(part)) return `[${part.map(ruleText).join(", ")}]`;
  const [key, argument] = Object.entries(part)[0] as [string, unknown];
  if (argument === true) return key;
  const parts = Array.isArray(argument) ? argument : [argument];
  return `${key}(${parts.map(argumentText).join(", ")})`;
}

function argumentText(argument: unknown): string {
  if (typeof argument === "string" && ["anyone", "authenticated", "guest"].includes(argument)) return argument;
  return ruleText(argument);
}
