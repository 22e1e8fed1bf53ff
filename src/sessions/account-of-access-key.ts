/** The characters of base32 by their value (RFC 4648 Section 6), in which access key ids are written. */
export const base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * The account that an access key id tells: after four letters follow 80 bits in base32, of which the second to the
 * forty-first are the number.
 *
 * AWS tells the account of an id as well (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html), but
 * not how it is done. Nothing vouches for the number, and in ids from before 2019 it means nothing: it may refuse a caller and
 * never lets one in.
 *
 * @param accessKeyId `ASIA` and sixteen characters of base32.
 * @returns twelve digits; thirteen where it can be no account.
 */
export function accountOfAccessKey(accessKeyId: string): string {
  let bits = 0n;
  for (const character of accessKeyId.slice(4)) bits = (bits << 5n) | BigInt(base32Alphabet.indexOf(character));
  const account = (bits >> 39n) & 0xff_ffff_ffffn;
  return account.toString().padStart(12, "0");
}
