/**
 * Puts the sections of a run into a document: one of the same heading is replaced, a new one comes last, the others stay as they are. What a run
 * says before its first section stands at the top if it made all sections anew, else in each of its own, with the command.
 */
export function mergeSections(document: string, run: string, command: string): string {
  const [intro = '', ...before] = sectionsOf(document)
  const [said = '', ...made] = sectionsOf(run)
  if (before.every((section) => find(made, section))) return run
  const own = made.map((section) => withSource(section, `Made by \`${command}\`. ${said.trim()}`))
  const fresh = own.filter((section) => !find(before, section))
  return [intro, ...before.map((section) => find(own, section) ?? section), ...fresh]
    .map((part) => part.trim())
    .join('\n\n')
    .concat('\n')
}

/** What comes before the first, then each with its heading. */
function sectionsOf(text: string): readonly string[] {
  return text.split(/^(?=## )/m)
}

function find(sections: readonly string[], like: string): string | undefined {
  return sections.find((section) => headingOf(section) === headingOf(like))
}

function headingOf(section: string): string {
  return section.split('\n', 1)[0] ?? ''
}

function withSource(section: string, source: string): string {
  const heading = headingOf(section)
  return `${heading}\n\n${source}\n\n${section.slice(heading.length).trim()}`
}
