// Made once from compose.yaml by `mesocosm init`; it is yours to edit from here on.
// Above a service: what of its Compose keys is not carried over, and why.
// Ports are published on free ones of the host; the handle of a service tells them.
import { redis } from '@mesocosm/redis'
import { defineTopology, ref } from 'mesocosm'

/** A variable that must not be empty. */
const required = (name: string, message = 'is not set'): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name}: ${message}`)
  return value
}

export const topology = defineTopology({
  name: 'blog',
  services: {
    // volume wordpress: state lives and ends with the lane.
    // volume /var/run/docker.sock: no service gets the engine’s socket.
    // restart: what ends stays ended, so that tests see it.
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
    // volume db: state lives and ends with the lane.
    // platform: images are those of the engine’s platform.
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
      memoryMiB: 1024,
    },
    // command --save: nothing is kept on disk.
    redis: redis({ image: 'redis:8', password: 'hush' }),
    // image: @mesocosm/redis empties the server between tests and gives them a client; not used
    // here, because of its `entrypoint`.
    'cache-watch': {
      image: 'redis:8',
      entrypoint: ['redis-cli', '-u', 'redis://:hush@redis:6379'],
      command: ['monitor'],
      ports: { redis: 6379 },
      env: { CACHE_URL: [ref('redis.url'), '/0'] },
    },
    // volumes_from: services here share no volumes.
    cli: {
      image: 'wordpress:cli',
      user: '33:33',
      workdir: '/var/www/html',
    },
  },
})

/** Without the profile 'tools'. */
export const withoutTools = topology.without('cli')

/** Without any profile. */
export const withoutProfiles = topology.without('cache-watch', 'cli')
