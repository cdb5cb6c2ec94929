/** What an import of owners may be. */
export const OWNER_LIMITS = {
  fileBytes: 16_777_216,
  /** Rows beyond are refused, and told. */
  rows: 20_000,
  fields: 200,
  fieldChars: 2_000,
  /** A row, an object of JSON, or what stands between two: more is no list of devices, and is not read in one go. */
  rowChars: 500_000,
  /** MACs in one row: Wi-Fi, cable, docks. */
  macsOfRow: 8,
  /** Refused rows that are kept in words; all are counted. */
  refusedKept: 100,
  /** Work between two looks at the event loop. */
  sliceMs: 3,
} as const
