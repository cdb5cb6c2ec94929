/** Which class sits where in a lesson, and when the lesson is on something that looks bad to a filter. */
import type { DayPart } from '#rules/timetable.ts'
import { Dice, textSeed } from '../dice.ts'
import { TOPICS, type Topic } from '../names/topics.ts'
import type { Device, Person, School } from './school.ts'

/** How likely one lesson of one class is on one of the subjects: each class has about two in ten weeks. Our assumption. */
const TOPIC_LESSON = 0.012
/** Seats of a computer room, and how likely it is taken in a lesson. */
const ROOM_SEATS = 28
const ROOM_TAKEN = 0.75

/** The lesson of one class; the same day and part give the same. */
export function topicOf(
  school: School,
  day: number,
  part: DayPart,
  form: string,
): Topic | undefined {
  if (part.kind !== 'lesson' || part.name === 'registration') return undefined
  const year = Number.parseInt(form, 10)
  const dice = new Dice(school.seed, 5, day, part.from, textSeed(form))
  const fitting = TOPICS.filter(({ years }) => years.includes(year))
  return fitting.length > 0 && dice.chance(TOPIC_LESSON) ? dice.pick(fitting) : undefined
}

/** Who is logged on at each computer of the rooms in a lesson, by the device's index. */
export function seatsOf(school: School, day: number, part: DayPart): ReadonlyMap<number, Person> {
  const seats = new Map<number, Person>()
  if (part.kind !== 'lesson' || part.name === 'registration') return seats
  const forms = [...school.forms.keys()].filter((form) => Number.parseInt(form, 10) < 12)
  const computers = school.devices.filter(({ kind }) => kind === 'lab-pc')
  for (let room = 0; room * ROOM_SEATS < computers.length; room++) {
    const dice = new Dice(school.seed, 6, day, part.from, room)
    if (forms.length === 0 || !dice.chance(ROOM_TAKEN)) continue
    const pupils = school.forms.get(dice.pick(forms)) ?? []
    seat(computers.slice(room * ROOM_SEATS, (room + 1) * ROOM_SEATS), pupils, seats)
  }
  return seats
}

function seat(
  computers: readonly Device[],
  pupils: readonly Person[],
  seats: Map<number, Person>,
): void {
  for (const [at, { index }] of computers.entries()) {
    const pupil = pupils[at]
    if (pupil) seats.set(index, pupil)
  }
}
