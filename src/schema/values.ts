import { isIP } from 'node:net'
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { type Capability, capabilities, ipcSysctls } from '../model/container-settings.ts'
import { textFault } from '../model/program-text.ts'

/** A text without NUL, which no path, name or argument can contain. */
export const string = z.string().refine((text) => textFault(text) === undefined, {
  error: ({ input }) => textFault(String(input)) ?? 'is not valid',
})
export const strings = z.array(string)

export const stringRecord = z.record(string, string)

/** A path in the service, which has slashes on every host. */
export const innerPath = string.startsWith('/', 'must be an absolute path in the service')

export const hostPath = string.refine(isAbsolute, 'must be an absolute path of the host')

export const portNumber = whole(1, 65_535, 'must be a port number from 1 to 65535')

export const platform = string.regex(
  /^[a-z0-9]+\/[a-z0-9_]+(\/[a-z0-9.]+)?$/,
  'must be a system and an architecture such as "linux/arm64"',
)

export const permissionBits = whole(0, 0o7777, 'must be permission bits such as 0o644')

export const aboveZero = z.number().positive('must be more than 0')

export const zeroOrMore = z.number().min(0, 'must not be negative')

export const count = whole(1, Number.MAX_SAFE_INTEGER, 'must be 1, 2, 3 …')

export const capability = z.custom<Capability>((name) => known.has(name), {
  error: 'must be a capability of Linux in capitals without "CAP_", such as "NET_ADMIN", or "ALL"',
})

export const securityOption = string.regex(
  /^(no-new-privileges([:=](true|false))?|(seccomp|apparmor|label)[:=].+)$/,
  'must be "no-new-privileges:false", or an option that starts with "seccomp=", "apparmor=" or "label="',
)

export const address = string.refine((text) => text === 'host-gateway' || isIP(text) !== 0, {
  error: 'must be an IP address, or "host-gateway" for the engine\'s host',
})

/** A kernel parameter with a value of its own in every container; others would change the engine's host. */
export const sysctlName = string.refine(
  (name) => ipc.has(name) || /^(net|fs\.mqueue)(\.[\w/-]+)+$/.test(name),
  {
    error:
      'must be a kernel parameter that a container has for itself: one that starts with "net." or "fs.mqueue.", or one of IPC such as "kernel.shmmax"; others would change the engine\'s host',
  },
)

export const sysctlValue = z.custom<string | number>(
  (value) => Number.isSafeInteger(value) || (typeof value === 'string' && /^[^\0\n]+$/.test(value)),
  { error: 'must be an integer or a string of one line' },
)

export const devicePath = string.regex(
  /^\/[^:]+$/,
  'must be an absolute path such as "/dev/fuse", without ":"',
)

// ---

const ipc: ReadonlySet<string> = new Set(ipcSysctls)

const known: ReadonlySet<unknown> = new Set([...capabilities, 'ALL'])

function whole(least: number, most: number, error: string) {
  const fits = (value: number) => Number.isInteger(value) && value >= least && value <= most
  return z.number().refine(fits, { error })
}
