import type { Remark } from '../note.ts'
import { isMapping, type Mapping } from '../yaml/value.ts'

/** Returns remarks on the keys that are not carried over, except `x-` extensions. */
export const leftOut = (keys: Mapping): Remark[] =>
  Object.entries(keys).flatMap(([key, value]): Remark[] => {
    if (carried.has(key) || key.startsWith('x-') || value === null) return []
    if (key === 'networks' && isOnlyDefault(value)) return []
    return [{ key, text: reasons.get(key) ?? 'not supported.' }]
  })

// ---

const isOnlyDefault = (value: Mapping[string]) =>
  isMapping(value) && Object.keys(value).every((name) => name === 'default')

const carried = new Set([
  ...['image', 'build', 'command', 'entrypoint', 'environment', 'env_file', 'ports', 'expose'],
  ...['depends_on', 'healthcheck', 'volumes', 'tmpfs', 'user', 'working_dir', 'labels', 'deploy'],
  ...[
    'platform',
    'mem_limit',
    'cpus',
    'stop_grace_period',
    'pids_limit',
    'shm_size',
    'cap_add',
    'cap_drop',
    'security_opt',
    'init',
    'ulimits',
    'sysctls',
    'devices',
    'extra_hosts',
    'secrets',
    'configs',
    'profiles',
    'links',
    'extends',
  ],
  // Only used to find aliases.
  'container_name',
])

const security = 'services run with the default privileges of a container.'
const terminal = 'services have no terminal.'
const kernel = 'kernel limits keep the defaults of the engine.'
const network = 'each lane has one network with its own host names.'

const reasons: ReadonlyMap<string, string> = new Map([
  ['restart', 'services are not restarted, so that tests notice a crash.'],
  ['networks', 'each lane has one network, on which all services reach each other.'],
  ['network_mode', network],
  ['hostname', 'the host name of a service is its name.'],
  ['domainname', network],
  ['dns', network],
  ['dns_search', network],
  ['dns_opt', network],
  ['mac_address', network],
  ['external_links', network],
  ['volumes_from', 'services cannot share volumes.'],
  ['privileged', security],
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
  ['oom_kill_disable', kernel],
  ['oom_score_adj', kernel],
  ['mem_reservation', 'only limits are supported.'],
  ['mem_swappiness', kernel],
  ['memswap_limit', kernel],
  ['cpu_shares', 'only limits are supported.'],
  ['cpu_count', 'only limits are supported.'],
  ['cpuset', 'only limits are supported.'],
  ['logging', 'logs are saved in the record of the run.'],
  ['log_driver', 'logs are saved in the record of the run.'],
  ['runtime', 'containers use the default runtime of the engine.'],
  ['isolation', 'containers use the default runtime of the engine.'],
  ['read_only', 'the file system of the container is writable.'],
  ['pull_policy', 'images are pulled if missing.'],
  ['stop_signal', 'services are stopped with SIGTERM.'],
  ['scale', 'a service is one container; declare more services instead.'],
  ['develop', 'run `mesocosm up` after a change.'],
  ['label_file', 'labels are declared in the topology.'],
  ['post_start', 'run programs from the test, with `run` or `exec`.'],
  ['pre_stop', 'run programs from the test, with `run` or `exec`.'],
  ['provider', 'Compose providers are not supported.'],
])
