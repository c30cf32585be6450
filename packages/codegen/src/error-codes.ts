// Adds this package's codes to those of a `MesocosmError`.
declare module 'mesocosm' {
  interface ErrorCodes {
    /** A Compose file cannot be read or has faults; `details` lists them all, one per line. */
    COMPOSE_INVALID: true
    /** A file that `mesocosm gen` did not write has the name of one that it would write. */
    GENERATED_FILE_FOREIGN: true
    /** The file system refused to write a file. */
    FILE_UNWRITABLE: true
  }
}

export {}
