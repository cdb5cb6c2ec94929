/** Milliseconds of CPU that this thread has used: what else runs on the machine does not count. */
export function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
