/** Returns the number of the colour that a service has in all panels. */
export const hueOf = (service: number): number => service % 8
