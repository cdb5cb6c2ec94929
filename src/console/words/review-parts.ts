/** The parts of the yearly review, in the order in which people go through it. */
export const reviewParts = {
  people: {
    heading: 'Who is responsible',
    nobody: 'Nobody',
    missing:
      'Nobody has an account as: {roles}. If somebody holds the role without an account, write the name here by hand.',
  },
  working: {
    heading: 'Whether it is working',
    locked: 'Lists of illegal sites',
    noBox: 'No box has reported',
  },
  checks: {
    heading: 'Checks that people made',
    all: 'Checks',
    unexpected: 'Did not show what was expected',
    left: 'Something is left to do',
    ifNone: 'Nobody checked the filter in this time.',
    untried: {
      one: 'Not tried in this time, {count} kind:',
      many: 'Not tried in this time, {count} kinds:',
    },
  },
  decisions: {
    heading: 'What the school decided, and why',
    caption: 'Decisions in force, and those made in this time',
    decision: 'Decision',
    why: 'Why',
    byWhom: 'By whom, when',
    review: 'Review',
    title: '{title} ({area})',
    reasonAndLater: '{reason} Later: {later}',
    ended: 'Ended',
    dueSince: 'Due since {day}',
    ifNone: 'None is written down.',
  },
  alerts: {
    heading: 'Alerts, without names',
    tests: {
      one: 'Beside these, {count} alert was a test of the filter.',
      many: 'Beside these, {count} alerts were tests of the filter.',
    },
    needless: 'Blocked without need',
    requests: 'Requests to open a site',
    requestsText: '{requests} for {sites}, made {times}',
    requestsCount: { one: '{count} request', many: '{count} requests' },
    times: { one: '{count} time', many: '{count} times' },
    became: 'What became of them',
    becameText:
      '{granted} opened, {refused} refused, {atBox} answered at the box, {waiting} wait for an answer',
    wrongList: 'Sites of which an alert showed that the list was wrong',
  },
  upkeep: {
    heading: 'Changes and outages',
    changes: 'Changes',
    what: 'What',
    howOften: 'How often',
    last: 'Last',
    outages: 'Times without the internet',
    box: 'Box',
    inAll: 'In all',
    longest: 'Longest',
    ifNone: 'None was told.',
    kinds: {
      'policy-applied': 'Rules of the filter put into force',
      'policy-refused': 'Rules that a box refused, and went on with the old ones',
      'list-updated': 'Lists brought up to date',
      'list-refused': 'Lists that a box refused',
      'locked-bundle-changed': 'Changes of the lists of illegal sites',
      'release-granted': 'Times that a teacher opened something for a lesson',
      'agent-started': 'Starts of a box',
      'events-dropped': 'Times that a box could not keep what it noticed',
    },
  },
  /** Of every report. */
  notShown: {
    heading: 'What this does not show',
    risk: 'How many children are at risk. A device asked for a name; it does not prove that a pupil saw or meant it.',
    schools:
      'How one school compares with another. More alerts may mean better lists, or more devices.',
    within:
      'What was typed into a search engine or said to an AI, which page of a site was opened, pictures, chats, and anything within an app.',
    elsewhere: 'Phones on mobile data, devices at home, and devices that go round the filter.',
    pages:
      'Pages within a site that is otherwise harmless. Illegal pages have to be blocked by your internet provider or by a filter that sees whole addresses.',
    monitoring:
      'By itself it is filtering with a record of names. It does not meet what the Department for Education asks of monitoring.',
  },
  questions: {
    heading: 'Questions to talk about',
    risk: 'Who among the pupils is more at risk: by age, special needs, English as a further language?',
    changes:
      'What changed this year: devices, networks, apps, teaching with AI, pupils’ own devices, working from home?',
    needless:
      'Does the filter keep lessons from what they need, or help from those who look for it?',
    alerts: 'Which alerts came too late, or to nobody?',
    known:
      'Do all staff know to whom they tell a concern, and do pupils know that lookups are filtered and recorded?',
  },
  agreed: {
    heading: 'What was agreed',
    action: 'Action, owner, by when',
    nextReview: 'Next review by',
    tookPart: 'Who took part',
    leader: 'Senior leader, date',
    lead: 'Safeguarding lead, date',
    it: 'School IT, date',
    governor: 'Governor, date',
  },
} as const
