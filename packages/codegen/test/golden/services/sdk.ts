export { defineTopology } from 'mesocosm'
