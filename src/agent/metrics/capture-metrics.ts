import type { RunningCapture } from '#agent/capture/start-capture.ts'
import type { Reading } from './agent-metrics.ts'

export interface CaptureMetricParts {
  readonly capture: Pick<RunningCapture, 'readings'>
}

/** The capture process; all 0 where nothing is captured. */
export function captureReadings({ capture }: CaptureMetricParts): Reading[] {
  const tally = (): ReturnType<RunningCapture['readings']>['tally'] => capture.readings().tally
  return [
    {
      name: 'edge_capture_up',
      help: '1 while packets of at least one interface are captured',
      kind: 'gauge',
      read: () => Number(capture.readings().isUp),
    },
    counter(
      'edge_capture_starts_total',
      'Starts of the capture process',
      () => capture.readings().starts,
    ),
    counter(
      'edge_capture_packets_total',
      'Packets that the kernel handed over',
      () => tally().packets,
    ),
    counter(
      'edge_capture_dropped_packets_total',
      'Packets that the kernel dropped, where the source knows',
      () => tally().dropped,
    ),
    counter(
      'edge_capture_malformed_packets_total',
      'Packets that could not be read',
      () => tally().malformed,
    ),
    counter(
      'edge_capture_turned_away_total',
      'Sightings beyond the limits of the tables of the capture process',
      () => tally().turnedAway,
    ),
    counter(
      'edge_capture_dropped_reports_total',
      'Reports that found no room on their way to the agent',
      () => tally().reportsDropped,
    ),
    counter(
      'edge_capture_refused_frames_total',
      'What came from the capture process and was no report',
      () => capture.readings().framesRefused,
    ),
    {
      ...counter('edge_capture_reports_total', 'Reports of the capture process', () =>
        Object.entries(capture.readings().reports),
      ),
      label: 'kind',
    },
  ]
}

function counter(name: string, help: string, read: Reading['read']): Reading {
  return { name, help, kind: 'counter', read }
}
