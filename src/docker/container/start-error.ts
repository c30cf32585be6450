import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { detailOf, engineError } from '../api/errors.ts'

/** Why a container did not start. */
export const startError = (cause: unknown, id: string): MesocosmError => {
  const detail = detailOf(cause)
  const doing = `The container ${id.slice(0, 12)} could not be started`
  const general = engineError(cause, doing, { container: id }, 'SERVICE_START_FAILED')
  const reason = reasons.find(({ pattern }) => pattern.test(detail))
  const about = general.code === 'SERVICE_START_FAILED' || general.code === 'SERVICE_NOT_RUNNING'
  if (!about) return general
  return new MesocosmError({
    code: 'SERVICE_START_FAILED',
    message: `${doing}: ${detail}`,
    remedy:
      reason?.remedy ??
      'Check `command`, `entrypoint`, `user`, `workdir` and `mounts` against the image.',
    facts: { container: id },
    cause,
  })
}

const reasons: readonly { readonly pattern: RegExp; readonly remedy: string }[] = [
  {
    pattern: /executable file not found|exec:.*no such file|stat .*no such file/i,
    remedy:
      'Check `command` and `entrypoint`: that program is not in the image, or its interpreter is not.',
  },
  {
    pattern: /permission denied/i,
    remedy: 'Make the program executable, or run it by its interpreter.',
  },
  {
    pattern: /unable to find user|no matching entries/i,
    remedy: 'Check `user`: the image does not know it.',
  },
  { pattern: /no such container/i, remedy: 'Create the container again; someone removed it.' },
  {
    pattern: /non running container|joining network namespace/i,
    remedy: 'Start the container whose network is joined first.',
  },
  { pattern: /mount/i, remedy: 'Check `mounts`, `tmpfs` and `files` against the image.' },
]
