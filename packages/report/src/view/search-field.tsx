import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useStore } from './context.ts'
import { Icon } from './icon.tsx'

/** One field that limits tests, steps and lines. */
export const SearchField = (): JSX.Element => {
  const store = useStore()
  const focused = useSignal(false)
  const { query } = store.link.value
  const { faults } = store.filter.value
  return (
    <search class="search">
      <Icon name="search" />
      <input
        id="search"
        type="search"
        autocomplete="off"
        spellcheck={false}
        aria-label="Filter tests and lines"
        aria-describedby="search-help"
        aria-invalid={faults.length > 0}
        placeholder="Filter: s:failed svc:api lvl:error text !text /expression/"
        value={query}
        onInput={(event) => store.go({ query: event.currentTarget.value })}
        onFocus={() => {
          focused.value = true
        }}
        onBlur={() => {
          focused.value = false
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          if (query === '') event.currentTarget.blur()
          else store.go({ query: '' })
        }}
      />
      <kbd>/</kbd>
      <div id="search-help" class="search-help" hidden={!focused.value && faults.length === 0}>
        {faults.length > 0 ? (
          faults.map((fault) => (
            <p key={fault} class="bad">
              {fault}
            </p>
          ))
        ) : (
          <dl>
            {examples.map(([term, meaning]) => (
              <div key={term}>
                <dt>
                  <code>{term}</code>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </search>
  )
}

// ---

const examples = [
  ['s:failed', 'outcome: failed, flaky, passed, skipped, unfinished'],
  ['file:orders', 'part of a test file'],
  ['svc:api,worker', 'services'],
  ['lane:lane_2', 'lanes'],
  ['lvl:error', 'level of lines: error, warn, info, debug'],
  ['"two words"', 'in the title, or in a line of the test'],
  ['/time.?out/', 'a regular expression'],
  ['!text', 'not this; before any of the above, too'],
] as const
