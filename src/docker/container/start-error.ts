import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { detailOf, engineError, shortId } from '../api/errors.ts'
import { refusedSetting } from './refused-setting.ts'

/** Returns the error for a container that did not start. */
export const startError = (cause: unknown, id: string): MesocosmError => {
  const detail = detailOf(cause)
  const doing = `container ${shortId(id)} could not be started`
  const general = engineError(cause, doing, { container: id }, 'SERVICE_START_FAILED')
  const remedy =
    refusedSetting(detail) ?? reasons.find(({ pattern }) => pattern.test(detail))?.remedy
  const about = general.code === 'SERVICE_START_FAILED' || general.code === 'SERVICE_NOT_RUNNING'
  if (!about) return general
  return new MesocosmError({
    code: 'SERVICE_START_FAILED',
    message: `${doing}: ${detail}`,
    remedy:
      remedy ??
      (ofProgram.test(detail)
        ? 'check `command`, `entrypoint`, `user`, `workdir` and `mounts` against the image'
        : 'check the log of the engine (Docker on Linux: `journalctl -u docker`); the settings of the service are not known to be the cause'),
    facts: { container: id },
    cause,
  })
}

// ---

/** The low-level runtime, which sets up the program, has failed; not the engine around it. */
const ofProgram = /OCI runtime|runc|crun|starting container process|container init/i

// The first match wins: failures of the engine's network and cgroups may be denied permissions, too, and a program that
// is missing may have any name.
const reasons: readonly { readonly pattern: RegExp; readonly remedy: string }[] = [
  {
    pattern: /exec format error/i,
    remedy:
      'install emulation where the engine runs (binfmt_misc with QEMU), or choose an image for the platform of the engine; a script must begin with `#!`',
  },
  {
    pattern: /executable file .*not found|exec:.*no such file|stat .*no such file/i,
    remedy: 'check `command` and `entrypoint`: the image lacks that program or its interpreter',
  },
  {
    pattern: /non running container|joining network namespace/i,
    remedy: 'start the sandbox container first',
  },
  {
    pattern: /cannot assign requested address/i,
    remedy:
      'the engine is on another host or network than its address suggests: set TESTCONTAINERS_HOST_OVERRIDE to the host under which its published ports can be reached',
  },
  {
    pattern: /privileged port/i,
    remedy: 'publish a port from 1024 on, or let this engine use lower ones',
  },
  {
    pattern: /network \S+ not found|network not found/i,
    remedy: 'rerun; another program has removed the network',
  },
  {
    pattern:
      /external connectivity|container networking|iptables|nftables|netavark|slirp4netns|pasta failed|rootlessport|rootlesskit|userland proxy|bind host port|failed to create endpoint|sandbox pair interfaces/i,
    remedy:
      'check the network of the engine: its firewall rules and modules (`docker run --rm -p 127.0.0.1::80 <image>` must work); restart it if the rules were flushed',
  },
  {
    // The second is the file of a limit whose controller the engine was not given.
    pattern: /cgroup|\b(?:memory|cpu|cpuset|pids|io)\.\w+/i,
    remedy:
      'check the cgroups of the engine (`mesocosm doctor`), and `memoryMiB`, `cpus` and `pidsLimit` of the service',
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
  { pattern: /mount/i, remedy: 'check `mounts`, `tmpfs` and `files` against the image' },
]
