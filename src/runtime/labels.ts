/** Labels that Mesocosm sets on containers, networks, volumes and images. */
export const label = {
  /** `1` on everything that Mesocosm creates; the sweep and `gc` list it. */
  made: 'dev.mesocosm',
  /** Run id. */
  run: 'dev.mesocosm.run',
  /** `<host id>|<boot id>|<pid>|<start time>|<pid namespace>` of the owning supervisor; the last where it has one. */
  owner: 'dev.mesocosm.owner',
  /** Topology name. */
  topology: 'dev.mesocosm.topology',
  /** Lane name, or `run` for servers that lanes share. */
  lane: 'dev.mesocosm.lane',
  /** Service name. */
  service: 'dev.mesocosm.service',
  /** `sandbox`, `program`, `task`, `relay` or `lease`. */
  role: 'dev.mesocosm.role',
  /** Hash of what the container was created from. */
  configHash: 'dev.mesocosm.config-hash',
  /** Hash of what an image was built from, without its base images. */
  contextHash: 'dev.mesocosm.context-hash',
  /** Name without tag of the image that a layer was built for, on engines that keep layers as images. */
  layer: 'dev.mesocosm.layer',
  /** Hash of what an image was built from. */
  contentHash: 'dev.mesocosm.content-hash',
} as const
