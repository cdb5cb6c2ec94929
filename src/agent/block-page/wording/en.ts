import type { Wording } from './wording.ts'

/**
 * English. `primary` is for a reading age of about nine: short sentences, no words of the trade, and the page never says that the
 * child did something wrong.
 */
export const ENGLISH: Wording = {
  lang: 'en-GB',
  skip: 'Skip to main content',
  months: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
  footer: 'This network is filtered by SuperCloud Edge.',
  blocked: {
    heading: {
      primary: 'This page is closed at school',
      secondary: 'This page is blocked at school',
      staff: 'This page is blocked for your group',
    },
    askedFor: 'You asked for',
    why: 'Why',
    families: {
      security: {
        primary: 'It could hurt this computer or try to trick you.',
        secondary:
          'It is known for harmful software or for tricking people out of passwords or money.',
        staff: 'It is on a list of sites that spread harmful software, phishing or scams.',
      },
      bypass: {
        primary: 'It can switch off what keeps you safe on the internet here.',
        secondary: 'It is a way round the school’s filter. Those are always blocked for pupils.',
        staff: 'It is a way round the filter, such as a VPN, a proxy or another DNS service.',
      },
      adult: {
        primary: 'It is only for grown-ups.',
        secondary: 'It has content for adults only.',
        staff: 'It is listed as adult content.',
      },
      hate: {
        primary: 'It says nasty things about people.',
        secondary: 'It is listed for hatred, discrimination or extreme views.',
        staff: 'It is listed for hate, discrimination or extremism.',
      },
      crime: {
        primary: 'It is about things that are not allowed or not safe.',
        secondary: 'It is listed for things that are against the law or not safe for your age.',
        staff: 'It is listed for crime, drugs, weapons, piracy, hacking or cheating.',
      },
      commerce: {
        primary: 'It is about playing for money. You have to be 18.',
        secondary: 'It is about betting or high-risk money. You have to be 18.',
        staff: 'It is listed for gambling or high-risk trading.',
      },
      contact: {
        primary: 'People you do not know can talk to you there.',
        secondary:
          'It is for chatting or sharing, and your school keeps that closed, now or always.',
        staff: 'It is listed for social networks, messaging, forums or chat.',
      },
      ai: {
        primary: 'It is a computer helper that your school keeps closed.',
        secondary: 'It is an AI service that your school keeps closed, now or always.',
        staff: 'It is listed as an AI service.',
      },
      info: {
        primary: 'Some of what it says is not true.',
        secondary: 'It is listed for false or misleading information.',
        staff: 'It is listed for misinformation.',
      },
      media: {
        primary: 'It is for videos, music or games. It may be open at another time.',
        secondary: 'It is for video, music or games. It may be open outside lessons.',
        staff: 'It is listed for video, music or games.',
      },
      search: {
        primary: 'It cannot hide pictures that are only for grown-ups. Use another search page.',
        secondary: 'Its safe search cannot be locked on. Use another search engine.',
        staff: 'Its safe search cannot be locked on, or cannot be reached.',
      },
      prod: {
        primary: 'It is a tool that your school keeps closed.',
        secondary: 'It is a tool that your school keeps closed, now or always.',
        staff: 'It is listed as a tool that the school’s policy keeps closed.',
      },
      unlisted: {
        primary: 'Nobody at school has looked at this page yet.',
        secondary: 'It is in no list of checked sites, and your group may only open checked ones.',
        staff: 'It is in no list, and the policy of your group blocks such sites.',
      },
      school: {
        primary: 'Your school chose to close it.',
        secondary: 'Your school decided to block it.',
        staff: 'It is on the school’s own deny list. School IT can tell you the reason.',
      },
      address: {
        primary: 'It lives in a place that your school keeps closed.',
        secondary: 'It is on a server that your school blocks.',
        staff: 'It leads to an address on the school’s deny list.',
      },
      private: {
        primary: 'Its address is not a real internet address.',
        secondary: 'It is a public name that leads into a private network, which is not safe.',
        staff: 'It is a public name with a private address. School IT can allow its zone.',
      },
    },
    category: 'Category',
    list: 'List',
    time: 'Time',
    whom: {
      primary: 'Do you think this is wrong?',
      secondary: 'Is this wrong, or do you need it for your work?',
      staff: 'To have this changed:',
    },
    noContact: {
      primary: 'Ask a grown-up at school.',
      secondary: 'Ask a teacher.',
      staff: 'Ask the school’s IT support.',
    },
  },
  ask: {
    heading: {
      primary: 'Ask for this page',
      secondary: 'Ask for it to be unblocked',
      staff: 'Ask for it to be unblocked',
    },
    why: {
      primary: 'What do you need it for?',
      secondary: 'What do you need it for?',
      staff: 'What is it needed for?',
    },
    hint: {
      primary: 'Do not write your name.',
      secondary: 'For example the subject and the task. Leave out names and anything private.',
      staff: 'Leave out the names of pupils.',
    },
    lesson: 'Class or lesson (optional)',
    lessonHint: 'For example 8B, period 3',
    minutes: 'For how many minutes (optional)',
    minutesHint: 'At most 100. Leave it empty to ask for good.',
    send: 'Send request',
    problem: 'There is a problem',
    whyMissing: {
      primary: 'Write what you need it for.',
      secondary: 'Write what you need it for.',
      staff: 'Write what it is needed for.',
    },
    tooLong: 'Write at most 500 characters.',
    minutesWrong: 'Minutes must be a whole number from 1 to 100.',
    outOfDate: 'The form was open for too long or was sent before. Check it and send it again.',
    tooOften: 'Too many requests came from here. Wait ten minutes, then send it again.',
    outcomes: {
      taken: { heading: 'Request sent', text: 'School IT can see it now.' },
      'taken-before': {
        heading: 'You asked for this before',
        text: 'It is still one request, and it has been noted that you asked again.',
      },
      full: {
        heading: 'The request was not sent',
        text: 'Too many requests are waiting. Please ask in person.',
      },
      'not-possible': {
        heading: 'The request was not sent',
        text: 'This page cannot be asked for here.',
      },
      'not-kept': {
        heading: 'The request was not sent',
        text: 'It could not be saved. Try again later, or ask in person.',
      },
    },
    asked: 'Your request',
    reference: 'Reference',
    keep: 'Keep the reference. Come back to this page to see the answer.',
    waits: 'Waiting for an answer',
    answered: 'Answer',
  },
  care: {
    title: 'This page is not available here',
    heading: 'You can talk to someone now',
    lead: 'Whatever is on your mind, these people listen. It is free and private, day and night.',
    helplines: [
      {
        name: 'Childline',
        who: 'If you are under 19',
        how: 'Call 0800\u{a0}1111',
        link: 'tel:08001111',
        site: { href: 'https://www.childline.org.uk/', text: 'childline.org.uk' },
      },
      {
        name: 'Samaritans',
        who: 'At any age',
        how: 'Call 116\u{a0}123',
        link: 'tel:116123',
        site: { href: 'https://www.samaritans.org/', text: 'samaritans.org' },
      },
      {
        name: 'Shout',
        who: 'If you would rather write',
        how: 'Text SHOUT to 85258',
        link: 'sms:85258?body=SHOUT',
        site: { href: 'https://giveusashout.org/', text: 'giveusashout.org' },
      },
    ],
    adult: {
      primary: 'You can also talk to a grown-up you trust, at school or at home.',
      secondary: 'You can also talk to an adult you trust, at school or at home.',
      staff: 'You can also talk to a colleague, your GP or someone you trust.',
    },
    emergency: 'If you or someone else is in danger now, call 999.',
    notHere: 'This page is not available here.',
  },
  locked: {
    heading: 'This page cannot be opened',
    text: [
      'Access to it is blocked because it may hold content that is against the law.',
      'If you came here by mistake, close this page.',
    ],
  },
  open: {
    heading: 'This page is not blocked now',
    text: {
      primary: 'Wait a minute. Then open it again.',
      secondary: 'It may have been opened a moment ago. Wait a minute, then load it again.',
      staff:
        'It may have been opened a moment ago. Wait a minute, then load it again; if that does not help, close the browser.',
    },
  },
  unreachable: {
    heading: 'This page cannot be reached now',
    text: {
      primary: 'The internet is not working well. Try again later.',
      secondary:
        'It is not blocked, but its address cannot be found at the moment. Try again later.',
      staff: 'It is not blocked, but its address cannot be found at the moment. Try again later.',
    },
  },
  noName: {
    heading: 'This is the page for blocked sites',
    text: {
      primary: 'There is nothing to see here.',
      secondary: 'You see it when a site is blocked. There is nothing else at this address.',
      staff: 'It is shown when a site is blocked. There is nothing else at this address.',
    },
  },
  stranger: {
    heading: 'Not available',
    text: 'This address serves one school’s own network.',
  },
}
