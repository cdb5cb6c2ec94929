import t from 'tap'
import { makeDnsmasqParser } from '#agent/identity/feeds/leases/dnsmasq-leases.ts'
import { macOfDuidText } from '#agent/identity/feeds/leases/duid.ts'
import { makeIscParser } from '#agent/identity/feeds/leases/isc-leases.ts'
import { makeKeaParser } from '#agent/identity/feeds/leases/kea-leases.ts'
import {
  type LeaseRow,
  type MakeLeaseParser,
  NOBODY_AT,
} from '#agent/identity/feeds/leases/lease-row.ts'

const MAC = '02:00:5e:00:53:01'
const KEA4 =
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context'
const KEA6 =
  'address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source'

/** What a text comes to, read a byte a character. */
function read(make: MakeLeaseParser, text: string): { rows: LeaseRow[]; malformed: number } {
  const rows: LeaseRow[] = []
  const parser = make((row) => rows.push(row))
  let malformed = 0
  for (const line of Buffer.from(text, 'utf8').toString('latin1').split('\n'))
    if (!parser.line(line)) malformed += 1
  return { rows, malformed }
}

t.test('dnsmasq: both families, for ever, no name', async (t) => {
  const { rows, malformed } = read(
    makeDnsmasqParser,
    [
      `1764144000 ${MAC} 192.0.2.10 laptop 01:${MAC}`,
      `0 02:00:5e:00:53:02 192.0.2.11 * *`,
      `1764144000 06-02:00:5e:00:53:03 192.0.2.12 größe *`,
      `1764144000 20-00:00:00:00:fe:80 192.0.2.13 infiniband *`,
      'duid 00:01:00:01:2e:aa:bb:cc:02:00:5e:00:53:ff',
      `1764144000 77 2001:db8::10 laptop 00:01:00:01:2e:aa:bb:cc:02:00:5e:00:53:01`,
      `1764144000 T78 2001:db8:0:0::11 * 00:03:00:01:02:00:5e:00:53:02`,
      `1764144000 79 2001:db8::12 uuid 00:04:53:45:4c:00:00:00:00:00:00:00:00:00:00:00:00:01`,
      '',
    ].join('\n'),
  )
  t.equal(malformed, 0)
  t.same(
    rows.map(({ address, mac, name, expiresAtMs }) => [address, mac, name, expiresAtMs]),
    [
      ['192.0.2.10', MAC, 'laptop', 1764144000000],
      ['192.0.2.11', '02:00:5e:00:53:02', undefined, Infinity],
      ['192.0.2.12', '02:00:5e:00:53:03', 'größe', 1764144000000],
      ['192.0.2.13', undefined, 'infiniband', 1764144000000],
      ['2001:db8::10', MAC, 'laptop', 1764144000000],
      ['2001:db8::11', '02:00:5e:00:53:02', undefined, 1764144000000],
      ['2001:db8::12', undefined, 'uuid', 1764144000000],
    ],
  )
})

t.test('dnsmasq: lines that are none are counted', async (t) => {
  const { rows, malformed } = read(
    makeDnsmasqParser,
    [
      'nonsense',
      `x ${MAC} 192.0.2.10 laptop *`,
      `1764144000 ${MAC} 192.0.2.999 laptop *`,
      `1764144000 ${MAC} 192.0.2.10 two words *`,
      `1764144000 ${MAC} 192.0.2.10`,
      `99999999999999999999 ${MAC} 192.0.2.10 laptop *`,
    ].join('\n'),
  )
  t.same(rows, [])
  t.equal(malformed, 6)
})

t.test(
  'dnsmasq: a line that was there before is no work again, and one that is gone is forgotten',
  async (t) => {
    const rows: LeaseRow[] = []
    const parser = makeDnsmasqParser((row) => rows.push(row))
    const lines = [1, 2].map((i) => `1764144000 02:00:5e:00:53:0${i} 192.0.2.1${i} pc-${i} *`)
    for (const line of lines) parser.line(line)
    parser.again()
    parser.line(lines[1] ?? '')
    t.equal(rows[2], rows[1], 'the very same row')
    parser.again()
    parser.line(lines[0] ?? '')
    t.not(rows[3], rows[0])
    t.same(rows[3], rows[0])
  },
)

t.test('Kea: states, lifetimes and escapes of IPv4', async (t) => {
  const { rows, malformed } = read(
    makeKeaParser,
    [
      KEA4,
      `192.0.2.10,${MAC},01:${MAC},3600,1764144000,1,0,0,laptop&#x2c7.school.example.,0,{ "a": 1 }`,
      `192.0.2.11,${MAC},,4294967295,6059111295,1,0,0,,0,`,
      `192.0.2.12,,,86400,1764144000,1,0,0,,1,`,
      `192.0.2.13,${MAC},,3600,1764144000,1,0,0,pc,2,`,
      `192.0.2.14,${MAC},,0,1764144000,1,0,0,pc,0,`,
      `192.0.2.15,${MAC},,3600,1764144000,1,0,0,pc,3,`,
    ].join('\n'),
  )
  t.equal(malformed, 0)
  t.same(
    rows.map(({ address, name, expiresAtMs, lifetimeMs }) => [
      address,
      name,
      expiresAtMs,
      lifetimeMs,
    ]),
    [
      ['192.0.2.10', 'laptop,7.school.example', 1764144000000, 3600000],
      ['192.0.2.11', undefined, Infinity, Infinity],
      ['192.0.2.12', undefined, NOBODY_AT, 86400000],
      ['192.0.2.13', 'pc', NOBODY_AT, 3600000],
      ['192.0.2.14', 'pc', NOBODY_AT, 0],
      ['192.0.2.15', 'pc', NOBODY_AT, 3600000],
    ],
  )
})

t.test(
  'Kea: IPv6 by hwaddr, else by a DUID that holds one; prefixes are nobody’s address',
  async (t) => {
    const llt = '00:01:00:01:2e:aa:bb:cc:02:00:5e:00:53:02'
    const row = (address: string, duid: string, type: number, hwaddr: string): string =>
      `${address},${duid},7200,1764144000,1,3600,${type},77,128,0,0,pc,${hwaddr},0,,1,2`
    const { rows, malformed } = read(
      makeKeaParser,
      [
        KEA6,
        row('2001:db8::10', llt, 0, MAC),
        row('2001:db8::11', llt, 0, ''),
        row('2001:db8::12', '00:03:00:01:02:00:5e:00:53:03', 1, ''),
        row('2001:db8::13', '00:02:00:00:0d:e9:01:02', 0, ''),
        row('2001:db8:7::', llt, 2, MAC),
      ].join('\n'),
    )
    t.equal(malformed, 0)
    t.same(
      rows.map(({ address, mac }) => [address, mac]),
      [
        ['2001:db8::10', MAC],
        ['2001:db8::11', '02:00:5e:00:53:02'],
        ['2001:db8::12', '02:00:5e:00:53:03'],
        ['2001:db8::13', undefined],
      ],
    )
  },
)

t.test('Kea: columns go by their titles, and without titles nothing is guessed', async (t) => {
  const turned = read(
    makeKeaParser,
    `address,state,expire,valid_lifetime,hwaddr\n192.0.2.1,0,9,1,${MAC}`,
  )
  t.match(turned, { malformed: 0, rows: [{ address: '192.0.2.1', mac: MAC, expiresAtMs: 9000 }] })
  const untitled = read(makeKeaParser, `192.0.2.1,${MAC},,3600,1764144000,1,0,0,,0,`)
  t.match(untitled, { malformed: 1, rows: [] })
  const broken = [
    `192.0.2.1,${MAC}`,
    `x,${MAC},,3600,1,1,0,0,,0,`,
    `192.0.2.1,${MAC},,a,1,1,0,0,,0,`,
  ]
  t.match(read(makeKeaParser, [KEA4, ...broken].join('\n')), { malformed: 3, rows: [] })
})

t.test('ISC: blocks, states, escapes, times', async (t) => {
  const { rows, malformed } = read(
    makeIscParser,
    `# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;
server-duid "\\000\\001\\000\\001";
failover peer "dhcp" state {
  my state normal at 4 2026/11/26 08:00:00;
}
host printer { dynamic; hardware ethernet 02:00:5e:00:53:77; fixed-address 192.0.2.77; }
lease 192.0.2.10 {
  starts 4 2026/11/26 07:00:00;
  ends 4 2026/11/26 08:00:00;
  cltt 4 2026/11/26 07:00:00;
  binding state active;
  next binding state free;
  rewind binding state free;
  hardware ethernet ${MAC};
  uid "\\001\\002\\000^\\000S\\001";
  set vendor-class-identifier = "a } b { c ; d # e";
  client-hostname "gr\\303\\266\\303\\237e \\"x\\" } \\\\";
  on expiry { set a = "b"; }
}
lease 192.0.2.11 { ends never; binding state active; hardware ethernet 02:00:5e:00:53:02; }
lease 192.0.2.12 {
  starts epoch 1764144000; # Wed Nov 26 08:00:00 2025
  ends epoch 1764147600; # Wed Nov 26 09:00:00 2025
  binding state active;
  hardware token-ring 02:00:5e:00:53:03;
}
lease 192.0.2.13 { ends 4 2026/11/26 08:00:00; binding state free; hardware ethernet ${MAC}; }
lease 192.0.2.14 { ends 4 2026/11/26 08:00:00; abandoned; }
`,
  )
  t.equal(malformed, 0)
  t.same(rows, [
    {
      address: '192.0.2.10',
      mac: MAC,
      name: 'größe x }',
      expiresAtMs: Date.UTC(2026, 10, 26, 8),
      lifetimeMs: 3600000,
    },
    {
      address: '192.0.2.11',
      mac: '02:00:5e:00:53:02',
      name: undefined,
      expiresAtMs: Infinity,
      lifetimeMs: Infinity,
    },
    {
      address: '192.0.2.12',
      mac: undefined,
      name: undefined,
      expiresAtMs: 1764147600000,
      lifetimeMs: 3600000,
    },
    {
      address: '192.0.2.13',
      mac: MAC,
      name: undefined,
      expiresAtMs: NOBODY_AT,
      lifetimeMs: Infinity,
    },
    {
      address: '192.0.2.14',
      mac: undefined,
      name: undefined,
      expiresAtMs: NOBODY_AT,
      lifetimeMs: Infinity,
    },
  ])
})

t.test('ISC: IPv6 by the DUID in the key, octal or hexadecimal', async (t) => {
  const { rows, malformed } = read(
    makeIscParser,
    `ia-na "\\001\\000\\000\\000\\000\\003\\000\\001\\002\\000^\\000S\\001" {
  cltt 4 2026/11/26 08:00:00;
  iaaddr 2001:db8::10 {
    binding state active;
    preferred-life 375;
    max-life 600;
    ends 4 2026/11/26 08:10:00;
  }
}
ia-na 01:00:00:00:0:3:0:1:2:0:5e:0:53:2 {
  iaaddr 2001:db8::11 { binding state active; ends never; }
  iaaddr 2001:db8::12 { binding state expired; ends 4 2026/11/26 08:10:00; }
}
ia-pd "\\001\\000\\000\\000\\000\\003\\000\\001\\002\\000^\\000S\\001" {
  iaprefix 2001:db8:7::/48 { binding state active; ends never; }
}
`,
  )
  t.equal(malformed, 0)
  t.same(
    rows.map(({ address, mac, expiresAtMs }) => [address, mac, expiresAtMs]),
    [
      ['2001:db8::10', MAC, Date.UTC(2026, 10, 26, 8, 10)],
      ['2001:db8::11', '02:00:5e:00:53:02', Infinity],
      ['2001:db8::12', '02:00:5e:00:53:02', NOBODY_AT],
    ],
  )
})

t.test('ISC: a block that has no end is none, and the next begins anew', async (t) => {
  const { rows, malformed } = read(
    makeIscParser,
    `lease 192.0.2.10 {
  ends never;
  hardware ethernet 02:00:5e:00:53:09;
  client-hostname "torn
lease 192.0.2.11 {
  binding state active;
  ends never;
  hardware ethernet ${MAC};
}
}
lease 192.0.2.12 { binding state active; ends 4 yesterday; }
lease 192.0.2.300 { binding state active; ends never; }
`,
  )
  t.same(
    rows.map(({ address, mac }) => [address, mac]),
    [['192.0.2.11', MAC]],
  )
  t.ok(malformed >= 4, `${malformed}`)
})

t.test('a DUID holds a MAC where it is of type 1 or 3, of Ethernet', async (t) => {
  t.equal(macOfDuidText('00:01:00:01:2e:aa:bb:cc:02:00:5e:00:53:01'), MAC)
  t.equal(macOfDuidText('00:03:00:01:02:00:5e:00:53:01'), MAC)
  t.equal(macOfDuidText('0003000102005e005301'), MAC)
  t.equal(macOfDuidText('00:03:00:06:02:00:5e:00:53:01'), undefined, 'of another network')
  t.equal(macOfDuidText('00:03:00:01:02:00:5e:00:53'), undefined, 'too short')
  t.equal(macOfDuidText('00:03:00:01:03:00:5e:00:53:01'), undefined, 'a group')
  t.equal(macOfDuidText('00:03:'.repeat(100)), undefined, 'too long')
  t.equal(macOfDuidText(''), undefined)
})
