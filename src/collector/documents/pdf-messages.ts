import type { DocumentPlan } from '#console/document-plan.ts'

/** What the thread is asked, and what it answers. */
export interface ToPdf {
  readonly id: number
  readonly plan: DocumentPlan
}

export interface FromPdf {
  readonly id: number
  readonly bytes: Uint8Array
}
