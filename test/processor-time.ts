/**
 * The time that this process has computed, in milliseconds: for tests that a search does not explode. Unlike the time on the
 * wall it does not grow while other processes compute.
 */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
