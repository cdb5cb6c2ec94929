/** A name in wire form (RFC 1035 section 3.1); labels are the text between dots, their bytes the text's as latin1. A final dot is none of it. */
export function wireName(text: string): Buffer {
  const labels = text.split('.').filter((label) => label !== '')
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.of(label.length), Buffer.from(label, 'latin1')]),
    Buffer.of(0),
  ])
}
