const given = process.env.POOLGATE_TEST_SEED;

/**
 * Where the tests that draw begin: at `POOLGATE_TEST_SEED`, so that a run can be repeated, or else anywhere.
 *
 * @throws TypeError where the variable is no integer of 31 bits.
 */
export const firstSeed: number = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);

if (!Number.isInteger(firstSeed) || firstSeed < 0 || firstSeed >= 2 ** 31) {
  throw new TypeError("POOLGATE_TEST_SEED: write an integer from 0 to 2147483647");
}
