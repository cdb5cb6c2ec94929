/** What people at a school are called, and what each sees. */
export const roles = {
  names: {
    dsl: 'Designated safeguarding lead',
    deputy: 'Deputy safeguarding lead',
    pastoral: 'Pastoral staff',
    head: 'Head teacher',
    chair: 'Chair of governors',
    governor: 'Governor',
    it: 'School IT',
    auditor: 'Auditor',
  },
  hints: {
    dsl: 'Alerts and events of pupils, devices, accounts, the record of who looked',
    deputy: 'Alerts and events of pupils, devices',
    pastoral: 'Only the alerts that the lead assigns to them',
    head: 'Alerts about staff, pupils’ alerts that came to a head, accounts, the record of who looked',
    chair: 'Alerts about the head',
    governor: 'Numbers alone, never a name',
    it: 'Devices and boxes; safeguarding events without whom they are about',
    auditor: 'The record of who looked and what was done; changes nothing',
  },
} as const
