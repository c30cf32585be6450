import type { JSX } from 'preact'
import { lastOf } from '../../model/test-cases.ts'
import { clock, counted, duration } from '../../text/format.ts'
import { useStore } from '../context.ts'
import { OutcomeIcon } from '../icon.tsx'
import { Part, Table } from './parts.tsx'

/** The run: where it ran, its slowest tests, and what its record lacks. */
export const RunDetails = (): JSX.Element => {
  const store = useStore()
  const index = store.index.value
  if (index === undefined) return <p class="nothing">Reading the run…</p>
  const { run } = index
  const engine = run.engine ?? {}
  const text = (key: string) => (typeof engine[key] === 'string' ? String(engine[key]) : '')
  const slowest = store.files.value
    .flatMap(({ cases }) => cases)
    .map((test) => ({ test, ms: lastOf(test).test.end - lastOf(test).test.start }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 8)
  return (
    <>
      <header class="head">
        <h2>Run {run.id ?? ''}</h2>
        <p class="facts">
          <span>{new Date(run.start).toLocaleDateString()}</span>
          <span class="num">{clock(run.start)}</span>
          <span class="num">{duration(run.end - run.start)}</span>
          <span>{run.status === 'running' ? 'running' : `ended: ${run.status}`}</span>
        </p>
      </header>
      {index.missing.length > 0 && (
        <Part title="Not in this report">
          <ul class="missing">
            {index.missing.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Part>
      )}
      <Part title="Where">
        <Table
          rows={[
            ...(run.root === undefined ? [] : [['project', run.root] as const]),
            ...(run.git === undefined
              ? []
              : [
                  [
                    'commit',
                    `${run.git.commit.slice(0, 12)}${run.git.branch === undefined ? '' : ` on ${run.git.branch}`}${run.git.changed ? ', with changes' : ''}`,
                  ] as const,
                ]),
            [
              'engine',
              [text('name'), text('version'), text('architecture')].filter(Boolean).join(' '),
            ],
            ...[
              ...new Set((run.clients ?? []).map(({ client, runtime }) => `${client}, ${runtime}`)),
            ].map((client): [string, string] => ['runner', client]),
            ['lanes', counted(index.lanes.filter((lane) => lane !== 'run').length, 'lane')],
            ['lines', counted(index.lines, 'line')],
          ]}
        />
      </Part>
      {slowest.length > 0 && (
        <Part title="Slowest tests">
          <ul class="entries">
            {slowest.map(({ test, ms }) => (
              <li key={test.id}>
                <button type="button" class="entry" onClick={() => store.go({ test: test.id })}>
                  <OutcomeIcon outcome={test.outcome} />
                  <span class="grow">{test.name}</span>
                  <span class="num">{duration(ms)}</span>
                </button>
              </li>
            ))}
          </ul>
        </Part>
      )}
    </>
  )
}
