import { resolve } from 'node:path'

/** The folder that holds everything: `--profile DIR`, else COPYDESK_PROFILE, else the system's place. */
export function profileFolder(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  standard: string,
): string {
  const at = argv.findIndex((argument) => argument === '--profile')
  const joined = argv.find((argument) => argument.startsWith('--profile='))
  const given = at >= 0 ? argv[at + 1] : joined?.slice('--profile='.length)
  return resolve(given || env.COPYDESK_PROFILE || standard)
}
