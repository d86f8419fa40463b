/** A file as the text it is, put into the bundle by the build. */
declare module '*?raw' {
  const text: string
  // eslint-disable-next-line no-restricted-syntax -- the build makes it the default export
  export default text
}
