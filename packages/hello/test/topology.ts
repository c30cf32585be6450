import { hello } from '@mesocosm/hello'
import { defineTopology, ref } from 'mesocosm'

export const topology = defineTopology({
  name: 'reception',
  services: {
    greeter: hello({ greeting: 'Welcome' }),
    door: {
      image: 'acme/door',
      env: { GUESTS: ref('greeter.url') }, // any other output does not compile
    },
  },
})
