import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { detailOf, engineError, shortId } from '../api/errors.ts'

/** Returns the error for a container that did not start. */
export const startError = (cause: unknown, id: string): MesocosmError => {
  const detail = detailOf(cause)
  const doing = `container ${shortId(id)} could not be started`
  const general = engineError(cause, doing, { container: id }, 'SERVICE_START_FAILED')
  const reason = reasons.find(({ pattern }) => pattern.test(detail))
  const about = general.code === 'SERVICE_START_FAILED' || general.code === 'SERVICE_NOT_RUNNING'
  if (!about) return general
  return new MesocosmError({
    code: 'SERVICE_START_FAILED',
    message: `${doing}: ${detail}`,
    remedy:
      reason?.remedy ??
      'check `command`, `entrypoint`, `user`, `workdir` and `mounts` against the image',
    facts: { container: id },
    cause,
  })
}

// ---

const reasons: readonly { readonly pattern: RegExp; readonly remedy: string }[] = [
  {
    pattern: /executable file .*not found|exec:.*no such file|stat .*no such file/i,
    remedy: 'check `command` and `entrypoint`: the image lacks that program or its interpreter',
  },
  {
    pattern: /permission denied/i,
    remedy: 'make the program executable, or run it by its interpreter',
  },
  {
    pattern: /unable to find user|no matching entries/i,
    remedy: 'check `user`: the image does not have it',
  },
  { pattern: /no such container/i, remedy: 'create the container again; it was removed' },
  {
    pattern: /non running container|joining network namespace/i,
    remedy: 'start the sandbox container first',
  },
  { pattern: /mount/i, remedy: 'check `mounts`, `tmpfs` and `files` against the image' },
]
