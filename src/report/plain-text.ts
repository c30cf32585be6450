/** Returns the text without escape sequences and control characters, tabs as spaces, cut to a number of characters. */
export const plainText = (text: string, most: number): string => {
  const plain = text.replace(escapes, '').replaceAll('\t', '  ').replace(controls, '')
  return plain.length <= most
    ? plain
    : `${plain.slice(0, most)}… (${plain.length - most} more characters)`
}

// ---

// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern matches control characters
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern matches control characters
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g
