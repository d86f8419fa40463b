// Switches burnt into the packaged binary (reliability.md §4 row 19), under the names that
// electron-builder's `electronFuses` takes. They are turned after packing and before signing, and
// `npx @electron/fuses read --app FILE` shows them. End-to-end tests of a packaged app need
// `-c.electronFuses.enableNodeCliInspectArguments=true`, because Playwright starts it with --inspect.
export const fuses = {
  // Else ELECTRON_RUN_AS_NODE=1 makes a signed Node of the app. utilityProcess does not need it.
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableCookieEncryption: true,
  // Windows and macOS; on Linux the package's signature and a root-owned folder stand in for it.
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  // No page of ours is a file.
  grantFileProtocolExtraPrivileges: false,
}
