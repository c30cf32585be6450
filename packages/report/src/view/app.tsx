import type { JSX } from 'preact'
import { useStore } from './context.ts'
import { Details } from './details/details.tsx'
import { Help } from './help.tsx'
import { Notice } from './notice.tsx'
import { Panels } from './panels.tsx'
import { Splitter } from './splitter.tsx'
import { TestHead } from './test-head.tsx'
import { TestList } from './tests/test-list.tsx'
import type { ThemeChoice } from './theme.ts'
import { Timeline } from './timeline/timeline.tsx'
import { TopBar } from './top-bar.tsx'

/** The page: tests at the left, what happened in the middle, details at the right. */
export const App = ({ theme }: { readonly theme: ThemeChoice }): JSX.Element => {
  const store = useStore()
  const fault = store.fault.value
  return (
    <div class="page">
      <TopBar theme={theme} />
      {fault !== undefined ? (
        <p class="nothing bad" role="alert">
          This report cannot be read: {fault}
        </p>
      ) : (
        <div class="columns">
          <nav class="tests" aria-label="Tests">
            <TestList />
          </nav>
          <Splitter
            property="--tests"
            label="Width of the tests"
            axis="x"
            least={180}
            most={640}
            initial={300}
          />
          <main>
            <TestHead />
            <Timeline theme={theme} />
            <Splitter
              property="--timeline"
              label="Height of the timeline"
              axis="y"
              least={80}
              most={900}
              initial={330}
            />
            <Panels />
          </main>
          <Splitter
            property="--details"
            label="Width of the details"
            axis="x"
            reverse
            least={240}
            most={900}
            initial={400}
          />
          <Details />
        </div>
      )}
      <Help />
      <Notice />
    </div>
  )
}
