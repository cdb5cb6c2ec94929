/** Where in the file, as keys and list positions from the top. */
export type ConfigPath = readonly (string | number)[]

/** A problem before its line is known. */
export interface Complaint {
  readonly path: ConfigPath
  readonly allowed: string
  readonly hint: string
  /** True when the key itself is wrong, not what stands under it. */
  readonly isKey: boolean
}

/** A complaint about the value at a path. */
export function complaint(path: ConfigPath, allowed: string, hint = ''): Complaint {
  return { path, allowed, hint, isKey: false }
}

/** A complaint about the key that a path ends in. */
export function keyComplaint(path: ConfigPath, allowed: string, hint = ''): Complaint {
  return { path, allowed, hint, isKey: true }
}

/** A path as people write it: `networks[2].cidr`, `categories["bypass.vpn"]`. */
export function pathText(path: ConfigPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    if (!/^[a-z0-9_-]+$/i.test(part)) return `${text}[${JSON.stringify(part.slice(0, 60))}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}
