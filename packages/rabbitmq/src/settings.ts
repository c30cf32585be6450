/** A value of `rabbitmq.conf`. */
export type Setting = string | number | boolean

/** It tells when it is ready, and small machines are enough for it. */
export const fastSettings: Readonly<Record<string, Setting>> = {
  'log.console': true,
  'log.console.level': 'info',
  'log.file': false,
  'vm_memory_high_watermark.absolute': '512MiB',
  'disk_free_limit.absolute': '1MB',
}

export const settingsFile = (settings: Readonly<Record<string, Setting>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
