import { accountedDevice, type DeviceOptions } from '#test/support/accounted-device.ts'

const DEVICES = { quick: 5, full: 20 } as const

export interface Changes {
  /** From the packet that tells it until answers change, of each logon and each logoff. */
  readonly inForceMs: readonly number[]
}

/** Logs somebody on and off, one device after the other. */
export async function measureChanges({
  address,
  quick,
  ...options
}: Omit<DeviceOptions, 'device' | 'controller'> & {
  readonly address: string
  readonly quick: boolean
}): Promise<Changes> {
  const inForceMs: number[] = []
  for (let device = 0; device < (quick ? DEVICES.quick : DEVICES.full); device++) {
    const one = await accountedDevice({ ...options, controller: address, device })
    inForceMs.push((await one.logOn()).inForceMs, (await one.logOff()).inForceMs)
    await one.close()
  }
  return { inForceMs }
}
