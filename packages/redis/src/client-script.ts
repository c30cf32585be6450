/**
 * Part of the tasks' shell scripts: `client`, which is `redis-cli` in the container. A process has another port, and its
 * client may be that of Valkey.
 */
export const client = `client() { "\${REDIS_CLI:-redis-cli}" -p "\${REDIS_PORT:-6379}" "$@"; }`
