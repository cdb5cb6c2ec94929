/** What a check came to, and what to do about it; nothing where nothing is left. */
export const checkFindings = {
  'as-expected': { sentence: 'What was expected happened.', advice: '' },
  opened: {
    sentence: 'A page opened that should have been blocked.',
    advice:
      'This device does not ask the box, or something answers in its place: a VPN, a proxy, or a browser with a DNS of its own. Take it to school IT today, and use another device until it is mended.',
  },
  'not-heard': {
    sentence:
      'No page of the site opened, but no box told of it: the name is made up and opens nowhere, so this proves nothing.',
    advice:
      'See that the device is on the school’s network and that its box is online, then try again. If the same device tried the same name before, wait five minutes first. If nothing is heard again, the device does not ask the box: tell school IT.',
  },
  'other-group': {
    sentence: 'A box told of it, but for another group than the one expected.',
    advice:
      'The device has the rules of another group. Ask school IT to look at its page under Devices, or at the network it is on, and try again.',
  },
  'only-watched': {
    sentence: 'The box let it through and watched it, where it should have blocked it.',
    advice:
      'Ask school IT to block this category for the group, or write down under Decisions why it is allowed.',
  },
  'blocked-needlessly': {
    sentence: 'It was blocked, where this group should be allowed it.',
    advice:
      'Ask school IT to look at what the group may have, or write down under Decisions why it is blocked.',
  },
  'did-not-open': {
    sentence: 'A site that lessons need did not open.',
    advice:
      'See whether other sites open on the device. If they do, ask school IT to look up why the filter keeps this one, and to open it.',
  },
} as const
