/**
 * The codes a {@link MesocosmError} can carry. A package declares its own by declaration merging:
 *
 * @example
 * declare module 'mesocosm' {
 *   interface ErrorCodes {
 *     // The license key was refused.
 *     ACME_LICENSE_INVALID: true
 *   }
 * }
 */
export interface ErrorCodes {
  /** The topology has faults; `details` lists them all, one per line. */
  TOPOLOGY_INVALID: true
  /** An argument of a method of a handle or lane is not what the method takes. Nothing was changed. */
  ARGUMENT_INVALID: true
  /** There is no topology file, or it exports no topology. */
  TOPOLOGY_NOT_FOUND: true
  /** A topology file would be overwritten. */
  TOPOLOGY_EXISTS: true
  /** This version of Node is too old, or none was found. */
  NODE_UNSUPPORTED: true
  /** No container engine was found. */
  ENGINE_NOT_FOUND: true
  /** The container engine stopped answering. */
  ENGINE_GONE: true
  /** The container engine refused or failed an operation. */
  ENGINE_FAILED: true
  /** The container runtime lacks an ability that the operation needs. */
  RUNTIME_UNSUPPORTED: true
  /** Services cannot run as processes of this machine; `details` lists them all with the reason, one per line. */
  LOCAL_UNSUPPORTED: true
  /** The image exists neither on the engine nor in its registry. */
  IMAGE_NOT_FOUND: true
  /** The registry refused the credentials, or asked for some. */
  IMAGE_PULL_DENIED: true
  /** The pull failed for another reason, such as the network. */
  IMAGE_PULL_FAILED: true
  /** The lock file of images cannot be read, or has faults; `details` lists them all, one per line. */
  IMAGE_LOCK_INVALID: true
  /** A file is not a complete archive of images, or cannot be read or written. */
  IMAGE_ARCHIVE_INVALID: true
  /** The build of an image failed. */
  BUILD_FAILED: true
  /** A testcontainers container or module could not be read. */
  MODULE_UNREADABLE: true
  /** A port of the host is already in use. */
  PORT_TAKEN: true
  /** The disk is full. */
  DISK_FULL: true
  /** The engine has no free subnet for another network. */
  ADDRESS_POOL_EXHAUSTED: true
  /** The container could not be started. */
  SERVICE_START_FAILED: true
  /** The program ended before the service was ready, or while it was needed. */
  SERVICE_EXITED: true
  /** The program was killed because it ran out of memory. */
  SERVICE_OUT_OF_MEMORY: true
  /** The service was not ready within `readyTimeoutMs`. */
  SERVICE_NOT_READY: true
  /** The call needs a running program, and it is stopped or has ended. */
  SERVICE_NOT_RUNNING: true
  /** The service was left out of the lease, or has no such address. */
  SERVICE_NOT_STARTED: true
  /** There is no service with this name. */
  SERVICE_UNKNOWN: true
  /** The service or its name is in use, so it cannot be added, removed or changed. */
  SERVICE_IN_USE: true
  /** A method of a plugin's handle failed, for example because the service did not answer. */
  SERVICE_CLIENT_FAILED: true
  /** A task of the service (setup, enter, baseline, reset, deepReset, leave) failed. */
  TASK_FAILED: true
  /** A named command exited with a code other than 0. */
  EXEC_FAILED: true
  /** The program or command does not exist in the service. */
  EXEC_NOT_FOUND: true
  /** The program did not end in time and was killed. */
  EXEC_TIMEOUT: true
  /** The output of a named command does not match its schema. */
  EXEC_OUTPUT_INVALID: true
  /** The arguments of a named command do not match its schema. Nothing was run. */
  EXEC_ARGS_INVALID: true
  /** The service cannot be debugged as asked: it has no `debug`, or its debugger cannot be started. */
  DEBUGGER_UNAVAILABLE: true
  /** A settings file of an editor has faults, so it was not changed. */
  EDITOR_FILE_INVALID: true
  /** No matching log line arrived in time. */
  LOG_TIMEOUT: true
  /** Another process holds the lane. */
  LANE_BUSY: true
  /** The lane was released, or there is no such lane. */
  LANE_RELEASED: true
  /** There is no run to connect to, or its supervisor could not be started or reached. */
  SUPERVISOR_UNREACHABLE: true
  /** The supervisor has ended or is ending. */
  SUPERVISOR_GONE: true
  /** The folder is not the record of a run. */
  TRACE_NOT_FOUND: true
  /** The record of the run has no such test, or several that fit; `details` lists those. */
  TEST_UNKNOWN: true
  /** Client and supervisor do not understand each other, usually because their versions differ. */
  PROTOCOL: true
  /** A request of the Control API has no or a wrong token, or comes from a web page. */
  REQUEST_DENIED: true
  /** The Control API has no such path, or not with this method. */
  REQUEST_UNKNOWN: true
  /** A request of the Control API is malformed: not HTTP, not JSON, too long, or of another type. */
  REQUEST_INVALID: true
  /** Too many requests of the Control API are under way. */
  REQUEST_LIMIT: true
  /** The call took longer than its `timeoutMs`. */
  TIMEOUT: true
  /** The call's `signal` was aborted, or the caller went away. */
  ABORTED: true
  /** A defect of Mesocosm: something that must always hold did not. */
  INTERNAL: true
}

/** The code of a {@link MesocosmError}: one of Mesocosm's own, or of the packages that are imported. */
export type ErrorCode = keyof ErrorCodes
