/** A value of JSON. Objects are maps, so that no key has a meaning of its own in JavaScript. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** An object of JSON, keys in their order. */
export type JsonObject = ReadonlyMap<string, Json>

/** Whether a value is an object. */
export const isObject = (value: Json | undefined): value is JsonObject => value instanceof Map

/** Whether a value is an array. */
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

/** Writes a value without white space. */
export const writeJson = (value: Json): string => {
  if (isObject(value))
    return `{${[...value].map(([key, item]) => `${JSON.stringify(key)}:${writeJson(item)}`).join(',')}}`
  if (isList(value)) return `[${value.map(writeJson).join(',')}]`
  return JSON.stringify(value)
}
