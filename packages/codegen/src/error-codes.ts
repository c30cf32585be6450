// Adds this package's codes to the codes of `MesocosmError`.
declare module 'mesocosm' {
  interface ErrorCodes {
    /** A Compose file cannot be read or is invalid; `details` lists all faults, one per line. */
    COMPOSE_INVALID: true
    /** The file to generate exists and was not written by `mesocosm gen`. */
    GENERATED_FILE_FOREIGN: true
    /** The file system refused to write a file; fact `systemCode`. */
    FILE_UNWRITABLE: true
  }
}

export {}
