import type { JSX } from 'preact'
import { traceAt } from '../../logs/fold.ts'
import { plain } from '../../text/ansi.ts'
import { fieldsOf } from '../../text/fields.ts'
import { clock, offset } from '../../text/format.ts'
import { useStore } from '../context.ts'
import { CopyButton } from '../copy-button.tsx'
import { hueOf } from '../hue.ts'
import { Coloured } from '../logs/log-text.tsx'
import { Part, Table, valueText } from './parts.tsx'

/** One line of a log, whole, with the stack trace below it and how it is known to belong to the test. */
export const LineDetails = ({ row }: { readonly row: number }): JSX.Element | null => {
  const store = useStore()
  const [logs, index] = [store.logs.value, store.index.value]
  if (logs === undefined || index === undefined) return null
  const rows = traceAt(logs, row)
  const texts = rows.map((each) => logs.text(each))
  const text = texts.map(plain).join('\n')
  const fields = fieldsOf(logs.text(row))
  const service = index.services[logs.service(row)] ?? ''
  const lane = index.lanes[logs.lane(row)] ?? ''
  const level = logs.level(row)
  const { how, tests } = logs.attribution(row)
  const other = tests.filter((test) => test !== store.chosen.value?.attempt.position)
  return (
    <>
      <header class="head">
        <h2>
          <span class={`svc hue${hueOf(logs.service(row))}`}>{service}</span>
          {level !== undefined && <span class={`level ${level}`}>{level}</span>}
        </h2>
        <p class="facts">
          <span class="num">{offset(logs.time(row) - store.origin.value)}</span>
          <span class="num">{clock(logs.time(row))}</span>
          <span>{lane === 'run' ? 'shared' : lane}</span>
          <span>{logs.stream(row) === 2 ? 'stderr' : 'stdout'}</span>
        </p>
        <p class="soft">{reasons[how]}</p>
      </header>
      <Part
        title={rows.length > 1 ? `Line and ${rows.length - 1} more of its stack` : 'Line'}
        tools={
          <>
            <CopyButton label="Text" text={() => text} />
            <CopyButton label="Markdown" text={() => `\`\`\`\n${service}: ${text}\n\`\`\`\n`} />
          </>
        }
      >
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with keys */}
        <pre class="block wrap" tabIndex={0}>
          {texts.map((line, at) => (
            <span key={rows[at]}>
              <Coloured text={line} wanted={store.filter.value.include} />
              {'\n'}
            </span>
          ))}
        </pre>
      </Part>
      {fields !== undefined && (
        <Part title="Fields">
          <Table
            rows={fields.all.map(([key, value]) => [
              key,
              <span key="v" class="value">
                {valueText(value)}
              </span>,
            ])}
          />
        </Part>
      )}
      <p class="actions">
        <button
          type="button"
          class="button"
          onClick={() =>
            store.go({
              query: '',
              services: [],
              range: undefined,
              scope: store.chosen.value === undefined ? 'test' : 'time',
            })
          }
        >
          Show the lines around it
        </button>
        {other.slice(0, 5).map((test) => {
          const found = index.tests[test]
          return found === undefined ? null : (
            <button
              key={test}
              type="button"
              class="button"
              onClick={() =>
                store.go({ test: found.test.replace(/#\d+$/, ''), entry: `log:${row}` })
              }
            >
              Open {found.titlePath.at(-1)}
            </button>
          )
        })}
      </p>
    </>
  )
}

// ---

const reasons = {
  exact: 'Its container served one lane, in which this test alone ran.',
  key: 'The line names the lane of the test.',
  trace: 'It carries the trace id of the test.',
  window: 'Several tests ran then; it may belong to each of them.',
  gap: 'No test ran then; it is shown with the tests before and after it.',
} as const
