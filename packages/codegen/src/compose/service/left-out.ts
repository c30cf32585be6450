import type { Remark } from '../note.ts'
import { isMapping, type Mapping } from '../yaml/value.ts'

/** Remarks on the keys that are not carried over, `x-` fragments aside. */
export const leftOut = (keys: Mapping): Remark[] =>
  Object.entries(keys).flatMap(([key, value]): Remark[] => {
    if (carried.has(key) || key.startsWith('x-') || value === null) return []
    if (key === 'networks' && isOnlyDefault(value)) return []
    return [{ key, text: reasons.get(key) ?? 'there is no such setting here.' }]
  })

// ---

const isOnlyDefault = (value: Mapping[string]) =>
  isMapping(value) && Object.keys(value).every((name) => name === 'default')

const carried = new Set([
  ...['image', 'build', 'command', 'entrypoint', 'environment', 'env_file', 'ports', 'expose'],
  ...['depends_on', 'healthcheck', 'volumes', 'tmpfs', 'user', 'working_dir', 'labels', 'deploy'],
  ...[
    'mem_limit',
    'cpus',
    'stop_grace_period',
    'secrets',
    'configs',
    'profiles',
    'links',
    'extends',
  ],
  // Said by being one service of a lane.
  'container_name',
])

const security = 'services run with the rights of an ordinary container.'
const terminal = 'services have no terminal.'
const kernel = 'limits of the kernel are left as the engine sets them.'
const network = 'a lane is one network with its own names.'

const reasons: ReadonlyMap<string, string> = new Map([
  ['restart', 'what ends stays ended, so that tests see it.'],
  ['networks', 'a lane is one network; every service reaches every other.'],
  ['network_mode', network],
  ['hostname', 'a service’s host name is its name in the lane.'],
  ['domainname', network],
  ['dns', network],
  ['dns_search', network],
  ['dns_opt', network],
  ['mac_address', network],
  ['extra_hosts', network],
  ['external_links', network],
  ['volumes_from', 'services here share no volumes.'],
  ['privileged', security],
  ['cap_add', security],
  ['cap_drop', security],
  ['security_opt', security],
  ['devices', security],
  ['device_cgroup_rules', security],
  ['gpus', security],
  ['userns_mode', security],
  ['pid', security],
  ['ipc', security],
  ['uts', security],
  ['cgroup', security],
  ['cgroup_parent', security],
  ['group_add', security],
  ['stdin_open', terminal],
  ['tty', terminal],
  ['ulimits', kernel],
  ['sysctls', kernel],
  ['shm_size', kernel],
  ['oom_kill_disable', kernel],
  ['oom_score_adj', kernel],
  ['pids_limit', kernel],
  ['mem_reservation', 'only limits can be set.'],
  ['mem_swappiness', kernel],
  ['memswap_limit', kernel],
  ['cpu_shares', 'only limits can be set.'],
  ['cpu_count', 'only limits can be set.'],
  ['cpuset', 'only limits can be set.'],
  ['logging', 'logs are kept in the record of the run.'],
  ['log_driver', 'logs are kept in the record of the run.'],
  ['platform', 'images are those of the engine’s platform.'],
  ['runtime', 'containers are run by the engine’s default.'],
  ['isolation', 'containers are run by the engine’s default.'],
  ['init', 'the program is the container’s first process.'],
  ['read_only', 'the container’s own files can be written.'],
  ['pull_policy', 'an image is pulled when it is not there.'],
  ['stop_signal', 'programs are stopped by SIGTERM.'],
  ['scale', 'a service is one container; add others by name.'],
  ['develop', 'run `mesocosm up` after a change.'],
  ['label_file', 'labels are written here.'],
  ['post_start', 'run programs from the test, with `run` or `exec`.'],
  ['pre_stop', 'run programs from the test, with `run` or `exec`.'],
  ['provider', 'a provider of Compose cannot be run.'],
])
