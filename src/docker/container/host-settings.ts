import type {
  Capability,
  ContainerSettings,
  Sysctls,
  Ulimit,
  UlimitValue,
} from '../../model/container-settings.ts'

/** Capabilities that the engine grants and servers do not need: raw packets and device files. */
const dropped: readonly Capability[] = ['NET_RAW', 'MKNOD']

/** Returns limits as in the Engine API's `HostConfig`. */
export const limits = ({
  memoryMiB,
  cpus,
  pidsLimit,
  shmSizeMiB,
  ulimits = {},
}: ContainerSettings) => ({
  // A swap limit equal to the memory limit means no swap.
  ...(memoryMiB === undefined ? {} : { Memory: bytes(memoryMiB), MemorySwap: bytes(memoryMiB) }),
  ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
  ...(pidsLimit === undefined ? {} : { PidsLimit: pidsLimit }),
  ...(shmSizeMiB === undefined ? {} : { ShmSize: bytes(shmSizeMiB) }),
  ...(Object.keys(ulimits).length === 0
    ? {}
    : { Ulimits: Object.entries(ulimits).map(([name, limit]) => ulimit(name, limit)) }),
})

/** In the form that every engine reads: some do not take a value. */
const noNewPrivileges = 'no-new-privileges'

/**
 * Returns privileges as in the Engine API's `HostConfig`. The default keeps what entrypoints of official images need
 * as root (`CHOWN`, `SETUID`, `SETGID`, `DAC_OVERRIDE`, `FOWNER` …), and what they need to call `su` and `sshd`.
 */
export const privileges = ({
  capAdd = [],
  capDrop = [],
  securityOpt = [],
  init,
  sysctls = {},
  devices = [],
}: ContainerSettings) => {
  const drop = capDrop.includes('ALL')
    ? capDrop
    : [...new Set([...(capAdd.includes('ALL') ? [] : dropped), ...capDrop])]
  return {
    CapDrop: drop.filter((name) => name === 'ALL' || !capAdd.includes(name)),
    ...(capAdd.length === 0 ? {} : { CapAdd: capAdd }),
    SecurityOpt: securityOpt.some((option) => option.startsWith(noNewPrivileges))
      ? securityOpt
      : [noNewPrivileges, ...securityOpt],
    ...(init === undefined ? {} : { Init: init }),
    ...(Object.keys(sysctls).length === 0 ? {} : { Sysctls: texts(sysctls) }),
    ...(devices.length === 0
      ? {}
      : {
          Devices: devices.map(({ from, to = from, access = 'rw' }) => ({
            PathOnHost: from,
            PathInContainer: to,
            CgroupPermissions: access,
          })),
        }),
  }
}

// ---

const bytes = (mebibytes: number): number => Math.round(mebibytes * 2 ** 20)

const ulimit = (name: string, limit: Ulimit) => {
  const { soft, hard } = typeof limit === 'object' ? limit : { soft: limit, hard: limit }
  return { Name: name, Soft: ulimitValue(soft), Hard: ulimitValue(hard) }
}

const ulimitValue = (value: UlimitValue): number => (value === 'unlimited' ? -1 : value)

const texts = (values: Sysctls): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
