/** The guide that comes with the product. */
export const guide = {
  title: 'Guide',
  back: 'Devices',
} as const
