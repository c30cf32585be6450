import { runtimeContract } from '../runtime/contract/contract.ts'
import { createDockerRuntime } from './docker-runtime.ts'
import { debianPrograms, testImage } from './test-image.ts'

runtimeContract('the Docker runtime', {
  create: () => createDockerRuntime(),
  image: testImage,
  programs: debianPrograms,
})
