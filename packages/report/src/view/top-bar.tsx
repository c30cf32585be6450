import type { JSX } from 'preact'
import { counted, duration } from '../text/format.ts'
import { useStore } from './context.ts'
import { Icon } from './icon.tsx'
import { OutcomeBar } from './outcome-bar.tsx'
import { SearchField } from './search-field.tsx'
import type { ThemeChoice } from './theme.ts'

/** The run, its outcomes, and the field that limits everything. */
export const TopBar = ({ theme }: { readonly theme: ThemeChoice }): JSX.Element => {
  const store = useStore()
  const run = store.index.value?.run
  const tests = store.files.value.reduce((sum, { cases }) => sum + cases.length, 0)
  const running = run?.status === 'running'
  return (
    <header class="top">
      <h1>
        <button
          type="button"
          class="brand"
          title="The whole run"
          onClick={() => store.go({ test: undefined })}
        >
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M9 3h14M11.500 3v8.500L5.500 23.500A4 4 0 0 0 9 29h14a4 4 0 0 0 3.500-5.500l-6-12V3" />
            <path
              class="fill"
              d="M9.200 19h13.600l2.300 4.700A2.300 2.300 0 0 1 23 27H9a2.300 2.300 0 0 1-2.100-3.300Z"
            />
          </svg>
          <span class="unseen">Mesocosm, </span>
          {projectOf(run?.root) ?? 'run'}
        </button>
      </h1>
      {run !== undefined && (
        <p class="totals">
          {running && <b class="live">live</b>}
          <span class="num">{counted(tests, 'test')}</span>
          <span class="num">{duration(run.end - run.start)}</span>
        </p>
      )}
      <OutcomeBar />
      <SearchField />
      <button
        type="button"
        class="icon-button"
        aria-label={`Colours: ${theme.theme.value}`}
        title={`Colours: ${theme.theme.value}`}
        onClick={() => theme.next()}
      >
        <Icon name={theme.theme.value} />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label="Keys"
        title="Keys (?)"
        onClick={() => {
          store.help.value = true
        }}
      >
        <Icon name="help" />
      </button>
    </header>
  )
}

// ---

const projectOf = (root: string | undefined): string | undefined =>
  root
    ?.split(/[\\/]/)
    .filter((part) => part !== '')
    .at(-1)
