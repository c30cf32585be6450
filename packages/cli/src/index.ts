/*
 * The entry point of `@mesocosm/cli`: the live tree of services, for programs that show a run on a terminal, and the
 * shapes of what the command prints with `--json`. The command itself is `mesocosm`.
 */

export type {
  JsonAgents,
  JsonAttempt,
  JsonAttempts,
  JsonError,
  JsonExec,
  JsonExport,
  JsonGenerated,
  JsonInit,
  JsonLines,
  JsonOutput,
  JsonPull,
  JsonRemoved,
  JsonReport,
  JsonUp,
} from './json.ts'
export { renderTree, type TreeLook } from './tree/render.ts'
export { openScreen, type Screen, type ScreenOptions, type Terminal } from './tree/screen.ts'
export {
  openTree,
  type Tree,
  type TreeRow,
  treeOf,
  withEvent,
  withLane,
  withRun,
} from './tree/tree.ts'
