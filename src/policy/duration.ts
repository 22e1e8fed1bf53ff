import type { Place } from "./policy-error.ts";

const secondsOf = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
type Unit = keyof typeof secondsOf;

/** A whole number from 1 up without leading zeros, and one unit, without a space. */
const form = /^([1-9]\d{0,15})([smhd])$/;

/** Reads a whole number of seconds, or a text such as `90s`, `15m`, `12h` or `7d`; gives seconds. */
export function readDuration(value: unknown, at: Place): number | undefined {
  const seconds = typeof value === "string" ? secondsIn(value) : value;
  if (typeof seconds === "number" && Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  return at.report("write a whole number of seconds from 1 up, or one with a unit such as 90s, 15m, 12h or 7d");
}

/** Spells a number of seconds in the largest unit that leaves no rest. */
export function durationText(seconds: number): string {
  const units: readonly Unit[] = ["d", "h", "m"];
  const unit = units.find((candidate) => seconds % secondsOf[candidate] === 0) ?? "s";
  return `${seconds / secondsOf[unit]}${unit}`;
}

function secondsIn(text: string): number | undefined {
  const found = form.exec(text);
  return found === null ? undefined : Number(found[1]) * secondsOf[found[2] as Unit];
}
