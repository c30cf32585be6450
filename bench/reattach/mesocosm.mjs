// A later process: leases a lane of the running topology, or starts it.
import { defineTopology, lease } from 'mesocosm'

const { BENCH_FOLDER: root, BENCH_SERVICES: services } = process.env
const lane = await lease(defineTopology({ name: 'five', root, services: JSON.parse(services) }))
process.stdout.write(lane.services.api.main.url)
await lane.release()
