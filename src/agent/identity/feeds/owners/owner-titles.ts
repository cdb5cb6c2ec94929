/** What a column may be called, in order of trust; compared without case, spaces and marks: "Wi-Fi MAC" is `wifimac`. */
const TITLES = {
  mac: [
    'mac',
    'macaddress',
    'macaddresses',
    'primarymac',
    'primarymacaddress',
    'hardwareaddress',
    'physicaladdress',
    'wifimac',
    'wifimacaddress',
    'wifiaddress',
    'wlanmac',
    'wlanmacaddress',
    'wirelessmac',
    'wirelessmacaddress',
    'ethernetmac',
    'ethernetmacaddress',
    'wiredmac',
    'wiredmacaddress',
    'lanmac',
    'lanmacaddress',
    'altmacaddress',
    'alternatemacaddress',
    'secondarymacaddress',
    'dockmacaddress',
    'ethernetmacaddress0',
    'macaddresswifi',
    'macaddressethernet',
  ],
  user: [
    'user',
    'username',
    'assigneduser',
    'assignedto',
    'annotateduser',
    'owner',
    'primaryuser',
    'loginname',
    'account',
    'samaccountname',
    'userprincipalname',
    'upn',
    'primaryuserupn',
    'userupn',
    'primaryuseremailaddress',
    'useremail',
    'useremailaddress',
    'assigneduseremail',
    'owneremail',
    'email',
    'emailaddress',
  ],
  name: [
    'devicename',
    'computername',
    'hostname',
    'name',
    'assetname',
    'device',
    'computer',
    'host',
    'annotatedassetid',
    'assetid',
    'assettag',
    'asset',
    'serialnumber',
    'serial',
    'serialno',
    'sn',
  ],
  group: ['group', 'policygroup', 'filtergroup', 'edgegroup'],
} as const

type Field = keyof typeof TITLES
const FIELDS = ['mac', 'user', 'name', 'group'] as const satisfies readonly Field[]

/** The columns of each fact, those that are to be believed first before the others. */
export type OwnerColumns = Readonly<Record<Field, readonly number[]>>

/** Where the facts stand; columns of other titles are left alone. */
export function findColumns(titles: readonly string[]): OwnerColumns {
  const plain = titles.map((title) => title.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''))
  const columnsOf = (field: Field): readonly number[] =>
    TITLES[field].flatMap((title) => plain.flatMap((one, i) => (one === title ? [i] : [])))
  const [mac, user, name, group] = FIELDS.map(columnsOf)
  return { mac: mac ?? [], user: user ?? [], name: name ?? [], group: group ?? [] }
}
