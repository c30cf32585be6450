/** Keys of a service in Compose files and in testcontainers, and the key that means the same in a topology. */
export const composeWords = {
  environment: 'env',
  volumes: 'mounts',
  healthcheck: 'ready',
  depends_on: 'dependsOn',
  working_dir: 'workdir',
  cmd: 'command',
  expose: 'ports',
  exposedPorts: 'ports',
  links: 'dependsOn',
  container_name: 'aliases',
  hostname: 'aliases',
  network_aliases: 'aliases',
  stop_grace_period: 'stopTimeoutMs',
  startupTimeout: 'readyTimeoutMs',
  waitFor: 'ready',
  waitStrategy: 'ready',
  mem_limit: 'memoryMiB',
  memory: 'memoryMiB',
  cpu_count: 'cpus',
  pids_limit: 'pidsLimit',
  shm_size: 'shmSizeMiB',
  cap_add: 'capAdd',
  cap_drop: 'capDrop',
  security_opt: 'securityOpt',
  extra_hosts: 'extraHosts',
  configs: 'files',
  secrets: 'files',
  copyFiles: 'files',
} as const

/** Keys of a service in Compose files that have another word in a topology. */
export type ComposeWords = typeof composeWords
