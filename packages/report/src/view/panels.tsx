import type { JSX } from 'preact'
import type { Panel } from '../link/link.ts'
import { useStore } from './context.ts'
import { GraphPanel } from './graph/graph-panel.tsx'
import { LogPanel, LogTools } from './logs/log-panel.tsx'
import { StepList } from './steps/step-list.tsx'

/** Lines, steps and the graph of services, below the timeline. */
export const Panels = (): JSX.Element => {
  const store = useStore()
  const { panel } = store.link.value
  const move = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (by === undefined) return
    const at = panels.findIndex(([name]) => name === panel)
    const next = panels[(at + by + panels.length) % panels.length]
    if (next === undefined) return
    store.go({ panel: next[0] })
    document.getElementById(`tab-${next[0]}`)?.focus()
    event.preventDefault()
  }
  return (
    <section class="panels">
      <div class="panel-bar">
        <div class="tabs" role="tablist" aria-label="Panels">
          {panels.map(([name, label]) => (
            <button
              key={name}
              id={`tab-${name}`}
              type="button"
              role="tab"
              aria-selected={panel === name}
              aria-controls="panel"
              tabIndex={panel === name ? 0 : -1}
              onKeyDown={move}
              onClick={() => store.go({ panel: name })}
            >
              {label}
            </button>
          ))}
        </div>
        {panel === 'logs' && <LogTools />}
      </div>
      <div id="panel" class="panel" role="tabpanel" aria-labelledby={`tab-${panel}`}>
        {panel === 'logs' ? <LogPanel /> : panel === 'steps' ? <StepList /> : <GraphPanel />}
      </div>
    </section>
  )
}

// ---

const panels: readonly (readonly [Panel, string])[] = [
  ['logs', 'Logs'],
  ['steps', 'Steps'],
  ['graph', 'Graph'],
]
