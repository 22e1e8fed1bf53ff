import type { Place } from "../policy/policy-error.ts";

const lists: ReadonlySet<string> = new Set(["groups", "scopes"]);
const maps: ReadonlySet<string> = new Set(["tags", "claims"]);
/** A comma begins a member only where `name=` or `name.name=` follows; any other belongs to the value. */
const comma = /,(?=[A-Za-z]+(?:\.[^=,]+)?=)/;

/**
 * Reads a persona in one argument, such as `groups=editors,staff,tags.tenant=acme` or `kind=role,role=123456789012/Batch`, or
 * as JSON. What comes out is still to be checked; where it is neither, the fault has been reported.
 */
export function inlinePersona(text: string, at: Place): unknown {
  if (text.startsWith("{")) return readJson(text, at);
  const persona: Record<string, unknown> = Object.create(null);
  for (const part of text.split(comma)) {
    const equals = part.indexOf("=");
    if (equals < 1) return at.report("write key=value, several joined by commas, or JSON that begins with {");
    const [key = "", ...names] = part.slice(0, equals).split(".");
    const value = part.slice(equals + 1);
    const name = names.join(".");
    if (maps.has(key) !== names.length > 0) return at.report(nameAdvice(key));
    if (name !== "") {
      persona[key] = { ...(persona[key] as object | undefined), [name]: value };
    } else if (Object.hasOwn(persona, key)) {
      return at.report(`${key} is there twice`);
    } else {
      persona[key] = lists.has(key) ? value.split(",").filter((item) => item !== "") : value;
    }
  }
  return { ...persona };
}

function nameAdvice(key: string): string {
  return maps.has(key) ? `write ${key}.NAME=VALUE` : `${key} has no names in it; write ${key}=VALUE`;
}

function readJson(text: string, at: Place): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return at.report("it begins with { and is no JSON");
  }
}
