import type { Capability, ContainerSettings } from '../../model/container-settings.ts'

/** Capabilities that the engine grants and servers do not need: raw packets and device files. */
const dropped: readonly Capability[] = ['NET_RAW', 'MKNOD']

/** Returns limits as in the Engine API's `HostConfig`. */
export const limits = ({ memoryMiB, cpus, pidsLimit, shmSizeMiB }: ContainerSettings) => ({
  // A swap limit equal to the memory limit means no swap.
  ...(memoryMiB === undefined ? {} : { Memory: bytes(memoryMiB), MemorySwap: bytes(memoryMiB) }),
  ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
  ...(pidsLimit === undefined ? {} : { PidsLimit: pidsLimit }),
  ...(shmSizeMiB === undefined ? {} : { ShmSize: bytes(shmSizeMiB) }),
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
  }
}

// ---

const bytes = (mebibytes: number): number => Math.round(mebibytes * 2 ** 20)
