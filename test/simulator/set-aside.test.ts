import t from 'tap'
import { seatsOf, topicOf } from '#simulator/school/lessons.ts'
import { makeSchool } from '#simulator/school/school.ts'
import { dayOfWeek, instantOf, TIMETABLE } from '#simulator/school/school-year.ts'
import { setAsideOn } from '#simulator/school/set-aside.ts'

const school = makeSchool(5)
const days = Array.from({ length: 70 }, (_, at) => dayOfWeek(1, 0) + at)

t.test(
  'a lesson is told of for the group of the class, and for the computers that it sits at',
  (t) => {
    let inRooms = 0
    for (const day of days)
      for (const part of TIMETABLE.week[0] ?? [])
        for (const [form, pupils] of school.forms) {
          const topic = topicOf(school, day, part, form)
          const snoozes = setAsideOn(school, day).filter(
            ({ fromMs, reason }) =>
              fromMs === instantOf(day, part.from) && reason.startsWith(`${form}: `),
          )
          if (!topic || snoozes.length === 0) continue
          const groups = snoozes.map(({ group }) => group)
          t.ok(pupils[0] && groups.includes(pupils[0].group))
          t.equal(new Set(groups).size, groups.length, 'each group once')
          const isSeated = [...seatsOf(school, day, part).values()].some((one) => one.form === form)
          if (!isSeated) t.equal(groups.length, 1)
          if (isSeated) t.ok(groups.includes('ks3'), 'the rooms are in the network of years 7 to 9')
          if (isSeated && pupils[0]?.group === 'ks4') inRooms += 1
        }
    t.ok(inRooms > 0, 'there is a class of another group in a room')
    t.end()
  },
)
