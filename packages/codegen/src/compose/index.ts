/*
 * The door `@mesocosm/codegen/compose`: a Compose file as a topology, once.
 */
export { composeFilesIn } from './find-files.ts'
export { type Imported, type ImportOptions, importCompose } from './import-compose.ts'
export type { Note } from './note.ts'
export type { ComposeFile, ReadFile } from './project/load-project.ts'
export { starterTopology } from './starter.ts'
export { writeTopology } from './write-topology.ts'
