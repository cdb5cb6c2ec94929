/**
 * What a person at the school is told about: categories are how lists are sorted, themes are how concerns are.
 * `title` completes the sentence "this box cannot notice ...".
 */
export const THEMES = [
  { id: 'illegal', title: 'illegal content' },
  { id: 'suicide', title: 'suicide' },
  { id: 'self-harm', title: 'self-harm' },
  { id: 'eating-disorders', title: 'eating disorders' },
  { id: 'harmful', title: 'dangerous challenges' },
  { id: 'violence', title: 'violence and gore' },
  { id: 'radicalisation', title: 'extremism and radicalisation' },
  { id: 'discrimination', title: 'hate and discrimination' },
  { id: 'vawg', title: 'violence against women and girls' },
  { id: 'sexual-behaviour', title: 'harmful sexual behaviour' },
  { id: 'adult', title: 'pornography and adult content' },
  { id: 'contact', title: 'contact with strangers' },
  { id: 'ai-contact', title: 'AI companions' },
  { id: 'weapons', title: 'weapons and serious violence' },
  { id: 'substance', title: 'drugs, alcohol and vaping' },
  { id: 'hacking', title: 'hacking' },
  { id: 'gambling', title: 'gambling' },
  { id: 'circumvention', title: 'ways round the filter' },
  { id: 'security', title: 'malware and phishing' },
] as const

export type ThemeId = (typeof THEMES)[number]['id']

const titles: ReadonlyMap<ThemeId, string> = new Map(THEMES.map(({ id, title }) => [id, title]))

/** The plain-English title of a theme. */
export function themeTitle(theme: ThemeId): string {
  return titles.get(theme) ?? theme
}
