const codeForm = /^[A-Za-z][A-Za-z0-9_]{1,63}$/;

/**
 * Keeps of a foreign fault what is safe to log: its code or name, and those of the fault underneath.
 *
 * Messages and members are left behind: clients of stores put the command that failed there, with the keys in it, and
 * `fetch` quotes the header that it could not send.
 */
export function safeCause(thrown: unknown): Error {
  const codes: string[] = [];
  for (let fault = thrown; fault instanceof Error && codes.length < 4; fault = fault.cause) {
    const code = "code" in fault ? fault.code : undefined;
    const shown = [code, fault.name].find((text) => typeof text === "string" && codeForm.test(text));
    codes.push(typeof shown === "string" ? shown : "Error");
  }
  return new Error(codes.length === 0 ? "something that is no Error was thrown" : codes.join(": "));
}
