/**
 * Loaded ahead of a function: whoever fetches the keys of Cognito gets them from COGNITO_KEYS, an address on loopback, and nothing else
 * leaves this machine.
 */
const { COGNITO_KEYS = "" } = process.env;
const { fetch } = globalThis;

globalThis.fetch = async (input, init) => {
  const { hostname, pathname } = new URL(input instanceof Request ? input.url : input);
  if (/^(issuer-)?cognito-idp\.[a-z0-9-]+\.amazonaws\.com$/.test(hostname) && pathname.endsWith("/jwks.json")) {
    return fetch(COGNITO_KEYS, init);
  }
  if (hostname !== "127.0.0.1") throw new Error(`the function calls ${hostname}`);
  return fetch(input, init);
};
