// #region lease
import { lease } from 'mesocosm'
import { topology } from '../topology.ts'

await using lane = await lease(topology) // starts what is not running yet
const { api } = lane.services
console.log(api.http.url, await api.exec.seed(3))
// #endregion
