import { type Catalogue, makeCatalogue } from './names/catalogue.ts'
import { makeSchool, type School } from './school/school.ts'

/** A school and its internet. */
export interface World {
  readonly school: School
  readonly catalogue: Catalogue
}

/** The same seed and size give the same world. */
export function makeWorld(seed: number, devices?: number): World {
  return { school: makeSchool(seed, devices), catalogue: makeCatalogue(seed) }
}
