import type { JSX } from 'preact'
import { duration } from '../text/format.ts'
import { useStore } from './context.ts'
import { Icon, OutcomeIcon, outcomeOfStatus } from './icon.tsx'

/** What the timeline shows: a test and its attempts, or the whole run. */
export const TestHead = (): JSX.Element => {
  const store = useStore()
  const chosen = store.chosen.value
  if (chosen === undefined)
    return (
      <div class="test-head">
        <h2>Whole run</h2>
        <p class="soft">Choose a test, or drag over the timeline.</p>
      </div>
    )
  const { test, attempt } = chosen
  return (
    <div class="test-head">
      <h2>
        <OutcomeIcon outcome={outcomeOfStatus(attempt.test.status)} />
        {test.suite !== '' && <span class="suite">{test.suite} ›</span>}
        <span class="name">{test.name}</span>
      </h2>
      {test.attempts.length > 1 && (
        <fieldset class="segments">
          <legend class="unseen">Attempts</legend>
          {test.attempts.map(({ test: each, position }, at) => (
            <button
              key={position}
              type="button"
              aria-pressed={position === attempt.position}
              title={`${each.status}, ${duration(each.end - each.start)}`}
              onClick={() => store.go({ attempt: at + 1 })}
            >
              <OutcomeIcon outcome={outcomeOfStatus(each.status)} />
              attempt {at + 1}
            </button>
          ))}
        </fieldset>
      )}
      <span class="grow" />
      <button
        type="button"
        class="icon-button"
        aria-label="Whole run"
        title="Whole run (Esc)"
        onClick={() => store.go({ test: undefined })}
      >
        <Icon name="close" />
      </button>
    </div>
  )
}
