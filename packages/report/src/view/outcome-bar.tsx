import type { JSX } from 'preact'
import { toggleTerm } from '../filter/parse-filter.ts'
import { countOutcomes, type TestOutcome } from '../model/test-cases.ts'
import { useStore } from './context.ts'
import { OutcomeIcon } from './icon.tsx'

/** Counts of outcomes; each limits the list to its tests. */
export const OutcomeBar = (): JSX.Element => {
  const store = useStore()
  const counts = countOutcomes(store.files.value)
  const chosen = store.filter.value.outcomes
  const shown = order.filter((outcome) => counts[outcome] > 0)
  return (
    <fieldset class="outcomes">
      <legend class="unseen">Outcomes</legend>
      {shown.map((outcome) => (
        <button
          key={outcome}
          type="button"
          class="chip"
          aria-pressed={chosen.some(({ value, not }) => value === outcome && !not)}
          title={`Show only ${outcome} tests`}
          onClick={() => store.go({ query: toggleTerm(store.link.value.query, 's', outcome) })}
        >
          <OutcomeIcon outcome={outcome} />
          {counts[outcome]} <span class="word">{outcome}</span>
        </button>
      ))}
    </fieldset>
  )
}

// ---

const order: readonly TestOutcome[] = ['failed', 'unfinished', 'flaky', 'passed', 'skipped']
