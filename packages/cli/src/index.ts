/*
 * The entry point of `@mesocosm/cli`: the live tree of services, for programs that show a run on a terminal.
 * The command itself is `mesocosm`.
 */
export { renderTree, type TreeLook } from './tree/render.ts'
export { openScreen, type Screen, type Terminal } from './tree/screen.ts'
export {
  openTree,
  type Tree,
  type TreeRow,
  treeOf,
  withEvent,
  withLane,
  withRun,
} from './tree/tree.ts'
