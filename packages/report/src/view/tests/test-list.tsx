import { computed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { lastOf, type TestCase } from '../../model/test-cases.ts'
import { testRows } from '../../model/test-rows.ts'
import { duration } from '../../text/format.ts'
import { Cell } from '../cell.tsx'
import { useStore } from '../context.ts'
import { OutcomeIcon, outcomeOfStatus } from '../icon.tsx'
import type { Store } from '../store.ts'
import { VirtualList } from '../virtual-list.tsx'

/** The tests of the run by file, with their attempts. */
export const TestList = (): JSX.Element => {
  const store = useStore()
  const rows = useMemo(() => computed(() => rowsOf(store)), [store])
  const list = rows.value
  /** The file that the keys are at, if they are not at a test. */
  const cursor = useSignal<string | undefined>(undefined)
  const chosen = store.chosen.value
  const active = list.findIndex((row) =>
    cursor.value === undefined
      ? row.kind === 'test' && row.test === chosen?.test
      : row.kind === 'file' && row.file.file === cursor.value,
  )
  const toggle = (file: string) => {
    const closed = new Set(store.closedFiles.value)
    if (!closed.delete(file)) closed.add(file)
    store.closedFiles.value = closed
  }
  if (list.length === 0)
    return (
      <p class="nothing">
        {store.files.value.length === 0 ? 'No test is in this run.' : 'No test fits the filter.'}
      </p>
    )
  return (
    <VirtualList
      id="test"
      role="treegrid"
      label="Tests"
      count={list.length}
      rowHeight={26}
      active={active}
      onActive={(at) => {
        const row = list[at]
        cursor.value = row?.kind === 'file' ? row.file.file : undefined
        if (row?.kind === 'test') store.go({ test: row.test.id })
      }}
      onPick={(at) => {
        const row = list[at]
        cursor.value = row?.kind === 'file' ? row.file.file : undefined
        if (row?.kind === 'test') store.go({ test: row.test.id })
        else if (row !== undefined) toggle(row.file.file)
      }}
      onOpen={(at) => {
        const row = list[at]
        if (row?.kind === 'file') toggle(row.file.file)
      }}
      onKey={(key, at) => {
        const row = list[at]
        if (row === undefined) return
        if (row.kind === 'test') {
          if (key !== 'ArrowLeft') return
          cursor.value = row.test.file
        } else if (key === ' ' || (key === 'ArrowRight') !== row.open) toggle(row.file.file)
      }}
      row={(at) => {
        const row = list[at]
        if (row === undefined) return { cells: null }
        if (row.kind === 'test') return testRow(row.test, store)
        const { file, cases } = row.file
        const failed = cases.filter(({ outcome }) => outcome === 'failed').length
        return {
          class: 'file',
          level: 1,
          expanded: row.open,
          cells: (
            <Cell class="grow">
              <button
                type="button"
                tabIndex={-1}
                class="twist"
                aria-label={`${row.open ? 'Close' : 'Open'} ${file}`}
                onClick={(event) => {
                  event.stopPropagation()
                  toggle(file)
                }}
              >
                <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                  <path d={row.open ? 'M4 6l4 4 4-4' : 'M6 4l4 4-4 4'} />
                </svg>
              </button>
              <FileName file={file} />
              <span class="count">
                {failed > 0 && <b class="bad">{failed} failed</b>}
                {cases.length}
              </span>
            </Cell>
          ),
        }
      }}
    />
  )
}

/** Chooses the test after or before the chosen one in the list. */
export const stepTest = (store: Store, by: 1 | -1): void => {
  const tests = rowsOf(store).flatMap((row) => (row.kind === 'test' ? [row.test] : []))
  const at = tests.findIndex(({ id }) => id === store.chosen.value?.test.id)
  const next = tests[at === -1 ? (by === 1 ? 0 : tests.length - 1) : at + by]
  if (next !== undefined) store.go({ test: next.id })
}

// ---

const rowsOf = (store: Store) =>
  testRows(store.files.value, store.closedFiles.value, (test) => store.shownTests.value.has(test))

const testRow = (test: TestCase, store: Store) => {
  const { start, end } = lastOf(test).test
  return {
    class: `test ${test.outcome}`,
    level: 2,
    cells: (
      <>
        <Cell>
          <OutcomeIcon outcome={test.outcome} />
        </Cell>
        <Cell class="grow name" title={`${test.suite} ${test.name}`.trim()}>
          {test.name}
          {test.suite !== '' && <span class="suite">{test.suite}</span>}
        </Cell>
        {test.attempts.length > 1 && (
          <Cell class="attempts">
            {test.attempts.map(({ test: attempt, position }) => (
              <i
                key={position}
                class={outcomeOfStatus(attempt.status)}
                title={`attempt ${attempt.retry + 1}: ${attempt.status}`}
              />
            ))}
          </Cell>
        )}
        <Cell class="ms">
          {store.index.value?.run.status === 'running' && test.outcome === 'unfinished'
            ? '…'
            : duration(end - start)}
        </Cell>
      </>
    ),
  }
}

/** The name of a file is more important than its folder. */
const FileName = ({ file }: { readonly file: string }): JSX.Element => {
  const cut = file.lastIndexOf('/') + 1
  return (
    <span class="path" title={file}>
      <span class="folder">{file.slice(0, cut)}</span>
      {file.slice(cut)}
    </span>
  )
}
