import type { JSX } from 'preact'
import type { MarkKind } from '../model/entry.ts'
import type { TestOutcome } from '../model/test-cases.ts'

/** Status by shape and colour: a disc with a cross, a tick, a half, a dash; two arrows for a flaky test. */
export const OutcomeIcon = ({ outcome }: { readonly outcome: TestOutcome }): JSX.Element => (
  <svg class={`outcome ${outcome}`} viewBox="0 0 16 16" role="img" aria-label={outcome}>
    {outcomes[outcome]}
  </svg>
)

/** Outcome that fits a status of a node. */
export const outcomeOfStatus = (status: string | undefined): TestOutcome => {
  if (status === 'passed' || status === 'done') return 'passed'
  if (status === 'skipped') return 'skipped'
  return status === 'unfinished' || status === undefined ? 'unfinished' : 'failed'
}

/** An icon of 16 pixels in lines. */
export const Icon = ({ name }: { readonly name: IconName }): JSX.Element => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)

/** Names of icons. */
export type IconName = keyof typeof paths

// ---

const outcomes: Readonly<Record<TestOutcome, JSX.Element>> = {
  passed: <path class="line" d="m3.5 8.5 3 3 6-7" />,
  failed: (
    <>
      <circle class="disc" cx="8" cy="8" r="6.5" />
      <path class="hole" d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" />
    </>
  ),
  flaky: (
    <>
      <path class="disc" d="M8 1.2 15.2 14H.8z" />
      <path class="hole" d="M8 6v3.4m0 1.8v.4" />
    </>
  ),
  skipped: <path class="line" d="M4 8h8" />,
  unfinished: (
    <>
      <circle class="line" cx="8" cy="8" r="5.6" />
      <path class="disc" d="M8 2.4a5.6 5.6 0 0 1 0 11.2z" />
    </>
  ),
}

/** Shapes of marks, in a square of 16; the timeline draws the same ones. */
export const markPaths: Readonly<Record<MarkKind, string>> = {
  env: 'M8 2 14 8 8 14 2 8Z',
  mail: 'M2 4h12v8H2ZM2 4l6 5 6-5',
  object: 'M8 2l5 3v6l-5 3-5-3V5Z',
  http: 'M2 6h9M8 3l3 3-3 3M14 10H5M8 7l-3 3 3 3',
  warning: 'M8 2 14.5 13.5h-13Z',
  crash: 'M3 3l10 10M13 3 3 13',
  service: 'M8 3v10M3 8h10',
  undo: 'M6 3 2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7',
}

const paths = {
  ...markPaths,
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14',
  copy: 'M5.5 5.5V2.5h8v8h-3M2.5 5.5h8v8h-8Z',
  open: 'M6 3.5 10.5 8 6 12.5',
  close: 'm4 4 8 8m0-8-8 8',
  light:
    'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  dark: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z',
  system: 'M2 3h12v8H2ZM6 14h4M8 11v3',
  help: 'M6 6a2 2 0 1 1 2.8 1.8c-.5.3-.8.7-.8 1.4M8 11.7v.1M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Z',
  menu: 'M2 4h12M2 8h12M2 12h12',
  minus: 'M3 8h10',
  plus: 'M8 3v10M3 8h10',
  fit: 'M2 5V2h3M11 2h3v3M14 11v3h-3M5 14H2v-3',
  pin: 'M8 14V9M5 2h6l-1 4 2 3H4l2-3Z',
  agent: 'M4 6h8v7H4ZM8 6V3M6.5 9v1M9.5 9v1M2 8.5v2M14 8.5v2M8 3h.1',
  link: 'M6.5 9.5 9.5 6.5M7 4.5 9 2.8a3 3 0 0 1 4.2 4.2L11.500 9M9 11.500 7 13.2A3 3 0 0 1 2.800 9L4.500 7',
  exec: 'M2.5 4.500 6 8l-3.500 3.500M7.500 12h6',
} as const
