import aiChat from './ai-chat.json' with { type: 'json' }
import aiCompanion from './ai-companion.json' with { type: 'json' }
import aiImage from './ai-image.json' with { type: 'json' }
import bypassCanaries from './bypass-canaries.json' with { type: 'json' }
import bypassDoh from './bypass-doh.json' with { type: 'json' }
import commerceGambling from './commerce-gambling.json' with { type: 'json' }
import contactSocial from './contact-social.json' with { type: 'json' }
import coreEducation from './core-education.json' with { type: 'json' }
import coreExam from './core-exam.json' with { type: 'json' }
import coreInfra from './core-infra.json' with { type: 'json' }
import { type CuratedSet, readCuratedSet } from './curated-set.ts'
import mediaMusic from './media-music.json' with { type: 'json' }
import mediaVideo from './media-video.json' with { type: 'json' }
import mediaYoutube from './media-youtube.json' with { type: 'json' }
import protectedHelp from './protected-help.json' with { type: 'json' }
import safesearch from './safesearch.json' with { type: 'json' }
import searchNosafe from './search-nosafe.json' with { type: 'json' }
import youtubeModerate from './youtube-moderate.json' with { type: 'json' }
import youtubeStrict from './youtube-strict.json' with { type: 'json' }

/** Every set shipped with the product. A new one is a JSON file beside this one and a line here. */
export const CURATED_SETS: readonly CuratedSet[] = [
  protectedHelp,
  coreEducation,
  coreInfra,
  coreExam,
  bypassCanaries,
  bypassDoh,
  searchNosafe,
  mediaYoutube,
  mediaVideo,
  mediaMusic,
  contactSocial,
  aiChat,
  aiCompanion,
  aiImage,
  commerceGambling,
  safesearch,
  youtubeStrict,
  youtubeModerate,
].map((file) => readCuratedSet(file))
