/** The guide that comes with the product. */
export const guide = {
  title: 'Guide',
  back: 'Devices',
  missingTitle: 'Who is asking',
  missing: 'The guide is not installed here: it is docs/identity.md in the folder of the product.',
} as const
