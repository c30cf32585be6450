// Adds this package's codes to the codes of `MesocosmError`.
declare module 'mesocosm' {
  interface ErrorCodes {
    /** An OpenAPI document cannot be read or has faults; `details` lists them all, with file and line. */
    OPENAPI_INVALID: true
    /** A service sent requests that its OpenAPI document does not allow; `details` lists their faults. */
    STUB_REQUEST_INVALID: true
    /** A handler of a stub failed, or answered what the OpenAPI document does not allow. */
    STUB_HANDLER_FAILED: true
  }
}

export {}
