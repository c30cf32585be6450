import type { ErrorCode } from '../errors/codes.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { codeOf, messageOf } from '../errors/unknown-error.ts'
import type { ExecRequest } from '../model/exec.ts'
import type { ContainerSpec } from '../runtime/container-spec.ts'
import { label } from '../runtime/labels.ts'

/** Returns the name of the service that a container is made for, or that of the container. */
export const serviceOf = ({ name, labels }: Pick<ContainerSpec, 'name' | 'labels'>): string =>
  labels[label.service] ?? name

/** Returns the error for a container that has no local form. */
export const noLocalForm = (spec: ContainerSpec): MesocosmError => {
  const service = serviceOf(spec)
  return new MesocosmError({
    code: 'LOCAL_UNSUPPORTED',
    message: `${service} cannot run as a process of this machine: it has no \`local\``,
    remedy: `add \`local: { command: […] }\` to ${service}, or use a container engine`,
    facts: { service },
  })
}

/** Returns the error for a program that could not be started. */
export const notStarted = (
  what: string,
  why: string,
  { remedy, cause, code = 'SERVICE_START_FAILED' }: NotStarted = {},
): MesocosmError =>
  new MesocosmError({
    code,
    message: `${what} could not be started: ${why}`,
    remedy: remedy ?? 'check `local` of the service',
    facts: { program: what },
    ...(cause === undefined ? {} : { cause }),
  })

interface NotStarted {
  readonly code?: ErrorCode
  readonly remedy?: string
  readonly cause?: unknown
}

/** Returns the error for a file or folder of the notes about local programs that could not be written. */
export const notWritten = (path: string, cause: unknown): MesocosmError =>
  new MesocosmError({
    code: codeOf(cause) === 'ENOSPC' ? 'DISK_FULL' : 'ENGINE_FAILED',
    message: `${path} could not be written: ${messageOf(cause)}`,
    remedy: 'free some space there, or set TMPDIR to another folder',
    facts: { path },
    cause,
  })

/** Returns the error for a command in a program that does not run. */
export const notRunning = ({ argv }: ExecRequest, status: string): MesocosmError =>
  new MesocosmError({
    code: 'SERVICE_NOT_RUNNING',
    message: `\`${argv.join(' ')}\` could not be run: the program is ${status}`,
    remedy: status === 'paused' ? 'unpause the service first' : 'start the service first',
    facts: { argv },
  })
