/** The sections of the menu. */
export const menu = {
  home: 'Today',
  alerts: 'Alerts',
  events: 'Events',
  themes: 'Themes',
  digest: 'Reports',
  evidence: 'Evidence',
  devices: 'Devices',
  appliances: 'Appliances',
  policy: 'Policy',
  accounts: 'Accounts',
  audit: 'Audit',
  knowledge: 'How it knows',
  notices: 'Notices',
} as const
