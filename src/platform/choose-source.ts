import type { SourceChanged } from '#domain/capture-report.ts'
import type { CaptureSource } from '#domain/capture-settings.ts'
import { type Failure, failure } from '#domain/failure.ts'
import type { CaptureTools } from './capture-tools.ts'

/** The source that is wished for, as far as it is there; the failure says what to install. */
export function chooseSource(
  wished: CaptureSource,
  { cap, tcpdump }: CaptureTools,
): Exclude<SourceChanged['source'], 'file'> | Failure<'no-source'> {
  if (wished !== 'tcpdump' && cap !== undefined) return 'cap'
  if (wished !== 'cap' && tcpdump !== undefined) return 'tcpdump'
  if (wished === 'cap')
    return failure('no-source', 'the addon cap is not built: install libpcap-dev, then npm rebuild')
  if (wished === 'tcpdump')
    return failure('no-source', 'tcpdump is not there: install the Debian package tcpdump')
  return failure(
    'no-source',
    'the addon cap is not built, and tcpdump is not there: install the Debian package tcpdump',
  )
}
