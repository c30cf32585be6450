import type { ContainerSpec } from '../../runtime/container-spec.ts'
import { limits, privileges } from './host-settings.ts'

/** Path of the program that an idle container runs. */
export const idlePath = '/.mesocosm-wait'

/**
 * Returns the Engine API's create body for a container. Pure.
 *
 * @param publishIp address of the engine's host on which ports are published.
 */
export const createBody = (spec: ContainerSpec, publishIp: string) => {
  const published = (spec.publish ?? []).map(({ port, protocol }) => `${port}/${protocol}`)
  const own = spec.network.kind === 'own' ? spec.network : undefined
  return {
    Image: spec.image,
    Labels: spec.labels,
    Tty: spec.input === 'terminal',
    // Once: the end of the client's input is that of the program's.
    ...(spec.input === undefined ? {} : { OpenStdin: true, StdinOnce: true, AttachStdin: true }),
    // Podman gives a program this long before a removal kills it, 10 s by default; stops send their own signals.
    StopTimeout: 0,
    ...programOf(spec),
    ...(spec.env === undefined ? {} : { Env: envList(spec.env) }),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ...(spec.workdir === undefined ? {} : { WorkingDir: spec.workdir }),
    // A joined container has the host name of its sandbox; the engine refuses another.
    ...(own === undefined || spec.hostname === undefined ? {} : { Hostname: spec.hostname }),
    ...(published.length === 0
      ? {}
      : { ExposedPorts: Object.fromEntries(published.map((port) => [port, {}])) }),
    HostConfig: {
      NetworkMode: networkMode(spec.network),
      PortBindings: Object.fromEntries(
        (spec.publish ?? []).map(({ port, protocol, hostPort = 0 }) => [
          `${port}/${protocol}`,
          [{ HostIp: publishIp, HostPort: String(hostPort) }],
        ]),
      ),
      RestartPolicy: { Name: 'no' },
      // Without a size limit there is no rotation, so `docker logs` stays complete.
      LogConfig: { Type: 'json-file', Config: {} },
      ...(spec.mounts === undefined ? {} : { Mounts: spec.mounts.map(bindMount) }),
      ...(spec.tmpfs === undefined ? {} : { Tmpfs: spec.tmpfs }),
      ...(spec.readOnlyRoot === undefined ? {} : { ReadonlyRootfs: spec.readOnlyRoot }),
      ...(own === undefined || spec.extraHosts === undefined
        ? {}
        : { ExtraHosts: Object.entries(spec.extraHosts).map(([name, ip]) => `${name}:${ip}`) }),
      ...limits(spec),
      ...privileges(spec),
    },
    // Named at create, this is the only network; one connected later would come on top of the default bridge.
    ...(own === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [own.network]: { Aliases: own.aliases } } } }),
  }
}

/** Returns an environment as the Engine API takes it: `KEY=value`. */
export const envList = (env: Readonly<Record<string, string>>): string[] =>
  Object.entries(env).map(([key, value]) => `${key}=${value}`)

// ---

const programOf = ({ idle, command, entrypoint }: ContainerSpec) =>
  idle === true
    ? { Entrypoint: [idlePath], Cmd: [] }
    : {
        ...(command === undefined ? {} : { Cmd: command }),
        ...(entrypoint === undefined ? {} : { Entrypoint: entrypoint }),
      }

const networkMode = (network: ContainerSpec['network']): string => {
  if (network.kind === 'joined') return `container:${network.container}`
  return network.kind === 'own' ? network.network : 'none'
}

// `Mounts` rather than `Binds`: a missing host path is an error instead of a new folder owned by root.
const bindMount = (mount: { from: string; to: string; readOnly?: boolean }) => ({
  Type: 'bind',
  Source: mount.from,
  Target: mount.to,
  ReadOnly: mount.readOnly ?? false,
})
