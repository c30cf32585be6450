// Created from compose.yaml by `mesocosm init`. Edit it as you like; it is not generated again.
// Comments above a service list the Compose keys that were not carried over, and why.
// Services are published on free ports of the host; read them from the handle of a service.
import { redis } from '@mesocosm/redis'
import { defineTopology, ref } from 'mesocosm'

/** Returns a variable that must be set and not empty. */
const required = (name: string, message = 'is not set'): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name}: ${message}`)
  return value
}

export const topology = defineTopology({
  name: 'blog',
  services: {
    // volume wordpress: the data of a service lives as long as its lane.
    // volume /var/run/docker.sock: services have no access to the socket of the engine.
    // restart: services are not restarted, so that tests notice a crash.
    wordpress: {
      image: `wordpress:${process.env.WORDPRESS_TAG || '6-apache'}`,
      ports: { http: 80 },
      env: {
        WORDPRESS_DB_HOST: [ref('mysql.host'), ':', ref('mysql.port')],
        WORDPRESS_DB_USER: process.env.DB_USER || 'wordpress',
        WORDPRESS_DB_PASSWORD: required('DB_PASSWORD', 'set a password'),
        WORDPRESS_DB_NAME: 'wordpress',
        WORDPRESS_DEBUG: process.env.DEBUG ? '1' : '',
        WORDPRESS_CONFIG_EXTRA:
          "define('WP_REDIS_HOST', 'redis');\ndefine('FS_METHOD', \"direct\");\n",
      },
      mounts: [
        { from: process.env.PLUGINS || './plugins', to: '/var/www/html/wp-content/plugins' },
      ],
      dependsOn: { mysql: 'started', redis: 'healthy' },
    },
    // volume db: the data of a service lives as long as its lane.
    mysql: {
      image: 'mysql:8.4',
      command: ['--character-set-server=utf8mb4', '--collation-server=utf8mb4_unicode_ci'],
      ports: { mysql: 3306 },
      env: {
        MYSQL_DATABASE: 'wordpress',
        MYSQL_USER: process.env.DB_USER || 'wordpress',
        MYSQL_PASSWORD: required('DB_PASSWORD', 'set a password'),
        MYSQL_RANDOM_ROOT_PASSWORD: '1',
      },
      stopTimeoutMs: 90_000,
      platform: 'linux/amd64',
      memoryMiB: 1024,
    },
    // command --save: the plugin keeps nothing on disk.
    redis: redis({ image: 'redis:8', password: 'hush' }),
    // image: @mesocosm/redis empties the server between tests and provides a client; not used
    // because of its `entrypoint`.
    'cache-watch': {
      image: 'redis:8',
      entrypoint: ['redis-cli', '-u', 'redis://:hush@redis:6379'],
      command: ['monitor'],
      ports: { redis: 6379 },
      env: { CACHE_URL: [ref('redis.url'), '/0'] },
    },
    // volumes_from: services cannot share volumes.
    cli: {
      image: 'wordpress:cli',
      user: '33:33',
      workdir: '/var/www/html',
    },
  },
})

/** Without the services of profile 'tools'. */
export const withoutTools = topology.without('cli')

/** Without the services of any profile. */
export const withoutProfiles = topology.without('cache-watch', 'cli')
