import type { ContainerSpec } from '../../runtime/runtime.ts'

/**
 * The Engine API's create body for a container. Pure.
 *
 * @param publishIp address of the engine's host on which ports are published.
 */
export const createBody = (spec: ContainerSpec, publishIp: string) => {
  const published = (spec.publish ?? []).map(({ port, protocol }) => `${port}/${protocol}`)
  const own = spec.network.kind === 'own' ? spec.network : undefined
  return {
    Image: spec.image,
    Labels: spec.labels,
    Tty: false,
    ...(spec.command === undefined ? {} : { Cmd: spec.command }),
    ...(spec.entrypoint === undefined ? {} : { Entrypoint: spec.entrypoint }),
    ...(spec.env === undefined ? {} : { Env: envList(spec.env) }),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ...(spec.workdir === undefined ? {} : { WorkingDir: spec.workdir }),
    // A joined container has the host name of the namespace's owner; the engine refuses another.
    ...(own === undefined || spec.hostname === undefined ? {} : { Hostname: spec.hostname }),
    ...(published.length === 0
      ? {}
      : { ExposedPorts: Object.fromEntries(published.map((port) => [port, {}])) }),
    HostConfig: {
      NetworkMode:
        spec.network.kind === 'own' ? spec.network.network : `container:${spec.network.container}`,
      PortBindings: Object.fromEntries(
        (spec.publish ?? []).map(({ port, protocol, hostPort = 0 }) => [
          `${port}/${protocol}`,
          [{ HostIp: publishIp, HostPort: String(hostPort) }],
        ]),
      ),
      RestartPolicy: { Name: 'no' },
      // No size limit, hence no rotation: `docker logs` stays whole next to the attached reader.
      LogConfig: { Type: 'json-file', Config: {} },
      ...(spec.mounts === undefined ? {} : { Mounts: spec.mounts.map(bindMount) }),
      ...(spec.tmpfs === undefined ? {} : { Tmpfs: spec.tmpfs }),
      ...memory(spec.memoryMiB),
      ...(spec.cpus === undefined ? {} : { NanoCpus: Math.round(spec.cpus * 1e9) }),
    },
    // Given at create, this is the only network; `connect` afterwards would leave the default bridge.
    ...(own === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [own.network]: { Aliases: own.aliases } } } }),
  }
}

export const envList = (env: Readonly<Record<string, string>>): string[] =>
  Object.entries(env).map(([key, value]) => `${key}=${value}`)

// `Mounts` rather than `Binds`: a missing host path is an error instead of a new folder owned by root.
const bindMount = (mount: { from: string; to: string; readOnly?: boolean }) => ({
  Type: 'bind',
  Source: mount.from,
  Target: mount.to,
  ReadOnly: mount.readOnly ?? false,
})

// Equal swap limit: no swap, so that the limit is the limit.
const memory = (mebibytes: number | undefined) =>
  mebibytes === undefined
    ? {}
    : { Memory: Math.round(mebibytes * 2 ** 20), MemorySwap: Math.round(mebibytes * 2 ** 20) }
