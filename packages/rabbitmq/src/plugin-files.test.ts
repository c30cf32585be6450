import { expect, test } from 'vitest'
import { pluginFiles } from './plugin-files.ts'

test('plugins of the image are enabled by name, and files are copied and enabled by the name in theirs', () => {
  const files = ['./plugins/delayed-4.1.0-rc.1.ez', 'C:\\x\\other.ez']
  expect(pluginFiles(['rabbitmq_management', ...files])).toEqual([
    {
      content: '[rabbitmq_management,delayed,other].\n',
      to: '/etc/rabbitmq/enabled_plugins',
      mode: 0o644,
    },
    { from: files[0], to: '/mesocosm/plugins/delayed-4.1.0-rc.1.ez', mode: 0o644 },
    { from: files[1], to: '/mesocosm/plugins/other.ez', mode: 0o644 },
    expect.objectContaining({ to: '/etc/rabbitmq/rabbitmq-env.conf' }),
  ])
  expect(pluginFiles([])).toEqual([
    { content: '[].\n', to: '/etc/rabbitmq/enabled_plugins', mode: 0o644 },
  ])
})

test('all names that cannot be those of plugins are refused together', () => {
  expect(() => pluginFiles(['good', 'a b', './X-1.ez'])).toThrow('"a b", "./X-1.ez"')
})
