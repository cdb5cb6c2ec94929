import { readStateFile, writeStateFile } from '#platform/state-file.ts'
import { RequestBook, type RequestBookOptions } from './request-book.ts'

/** The requests that the run before left in a file; one that cannot be read holds none. Blocks on the disk, once. */
export function openRequests(
  file: string,
  options: Omit<RequestBookOptions, 'kept' | 'save'>,
): RequestBook {
  return new RequestBook({
    ...options,
    kept: read(file, options.onFault),
    save: (text) => writeStateFile(file, text),
  })
}

function read(file: string, onFault: (text: string) => void): string | undefined {
  try {
    return readStateFile(file)
  } catch (error) {
    onFault(`the file of requests cannot be read: ${String(error)}`)
    return undefined
  }
}
