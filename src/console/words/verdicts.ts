/** Why a name is decided so, by the word that boxes have for it (see `#rules/verdict.ts`), for whoever never met that word. */
export const verdicts = {
  locked: 'The law locks it. Nothing at the school opens it, and nothing more is said of it.',
  'bypass-floor': 'It leads round the filter, which pupils never get.',
  'school-deny': 'The school blocks it by a rule of its own.',
  'school-allow': 'The school allows it by a rule of its own.',
  category: 'A list has it in a category, and the policy of the group decides on that.',
  uncategorised: 'No list knows it, and the policy of the group decides on unknown sites.',
  default: 'No list knows it, and the group may have unknown sites.',
  'teacher-release': 'A teacher has opened it for a lesson.',
  protected: 'It offers help to children, and stays open to everybody.',
  core: 'It is needed for teaching or for devices to work, and stays open.',
  'safe-search': 'It is a search engine, which is led to its safe form.',
  'rewrite-unavailable': 'Its safe form cannot be reached, and the open one is not given.',
  'rewrite-signed': 'Its safe form would break a signature that the device checks.',
  address: 'It leads to an address that the school blocks.',
  rebinding: 'It leads to an address inside the school, as names from outside must not.',
  'special-use': 'It is a name with a meaning of its own, which the box answers itself.',
} as const
