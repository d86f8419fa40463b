import { Initial0000000000001 } from './0001-initial'

/** Every migration, in order. Append only: a released migration is never edited. */
export const migrations = [Initial0000000000001]

export const migrationNames: readonly string[] = migrations.map((migration) => new migration().name)
