/** Every label Mesocosm sets on a container, network, volume or image, and what it means. */
export const label = {
  /** `1` on everything Mesocosm makes: what the sweep and `gc` list. */
  made: 'dev.mesocosm',
  /** Run id: all that one supervisor made. */
  run: 'dev.mesocosm.run',
  /** `<host id>|<boot id>|<pid>|<start time>` of the supervisor that owns it. */
  owner: 'dev.mesocosm.owner',
  /** Topology name. */
  topology: 'dev.mesocosm.topology',
  /** Lane name, or `run` for what all lanes share. */
  lane: 'dev.mesocosm.lane',
  service: 'dev.mesocosm.service',
  /** `sandbox` or `program`. */
  role: 'dev.mesocosm.role',
  /** What the container was made from; equal hash, nothing to do. */
  configHash: 'dev.mesocosm.config-hash',
  /** On images built here: hash of what they were built from. */
  contentHash: 'dev.mesocosm.content-hash',
} as const
