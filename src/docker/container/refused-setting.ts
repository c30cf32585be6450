/**
 * Returns what to do about a setting of a service that the engine refuses; `undefined` if its message names none.
 * Docker refuses most of them when the container starts, Podman when it is created.
 */
export const refusedSetting = (detail: string): string | undefined =>
  settings.find(({ pattern }) => pattern.test(detail))?.remedy

// ---

const settings: readonly { readonly pattern: RegExp; readonly remedy: string }[] = [
  {
    pattern:
      /gathering device information|custom device|creating device nodes|\/dev\/\S+: (no such file|operation not permitted)/i,
    remedy:
      'check `devices`: a rootless engine gives only what its own user may open, and Docker then only at the same path; each must exist on the host of the engine',
  },
  {
    pattern: /rlimit/i,
    remedy:
      'lower `ulimits`: an engine cannot exceed its own hard limits unless it has CAP_SYS_RESOURCE, which rootless engines lack',
  },
  {
    pattern: /sysctl|\/proc\/sys\//i,
    remedy:
      'check `sysctls`: the kernel of the engine must have the parameter and accept the value, and a rootless engine may not change all of them',
  },
  {
    pattern: /init binary|catatonit|docker-init/i,
    remedy:
      'install the init program of the engine on its host (Docker: docker-init, Podman: catatonit), or leave out `init`',
  },
]
