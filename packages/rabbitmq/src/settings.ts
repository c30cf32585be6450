/** Value of a setting in `rabbitmq.conf`. */
export type RabbitSetting = string | number | boolean

/** Logs when the server is ready, and lets it run on small machines. */
export const fastSettings: Readonly<Record<string, RabbitSetting>> = {
  'log.console': true,
  'log.console.level': 'info',
  'log.file': false,
  'vm_memory_high_watermark.absolute': '512MiB',
  'disk_free_limit.absolute': '1MB',
}

/** Returns the content of `rabbitmq.conf`. */
export const settingsFile = (settings: Readonly<Record<string, RabbitSetting>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
