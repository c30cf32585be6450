/*
 * The public API of `@mesocosm/codegen/compose`: converts a Compose file to a topology.
 */
export { composeFilesIn } from './find-files.ts'
export {
  type ComposeImport,
  type ImportComposeOptions,
  type Imported,
  type ImportOptions,
  importCompose,
} from './import-compose.ts'
export type { ComposeNote, Note } from './note.ts'
export type { ComposeFile, ReadComposeFile, ReadFile } from './project/load-project.ts'
export { firstTest, starterImage, starterTopology } from './starter.ts'
export { writeTopology } from './write-topology.ts'
