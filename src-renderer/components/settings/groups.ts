import type { Person } from '#shared/model/account'
import { groupKey } from '#shared/rules/access'

/** A group is what its members say they are in, and what the policy closes to others. */
export interface Group {
  readonly name: string
  readonly members: readonly Person[]
  readonly isRestricted: boolean
}

export const isSameGroup = (a: string, b: string): boolean => groupKey(a) === groupKey(b)

export const isIn = ({ groups }: Person, name: string): boolean =>
  groups.some((group) => isSameGroup(group, name))

/** Every group that somebody is in or that is closed, by name. */
export function groupsOf(people: readonly Person[], restricted: readonly string[]): Group[] {
  const names = new Map<string, string>()
  for (const name of [...restricted, ...people.flatMap(({ groups }) => groups)]) {
    if (!names.has(groupKey(name))) names.set(groupKey(name), name)
  }
  return [...names.values()]
    .map((name) => ({
      name,
      members: people.filter((person) => isIn(person, name)),
      isRestricted: restricted.some((one) => isSameGroup(one, name)),
    }))
    .sort((a, b) => a.name.localeCompare(b.name))
}

/** The people who enter or leave a group, as they are afterwards; `members` are main addresses. */
export function memberChanges(
  people: readonly Person[],
  name: string,
  members: readonly string[],
): Person[] {
  return people
    .filter((person) => isIn(person, name) !== members.includes(person.address))
    .map((person) => ({
      ...person,
      groups: isIn(person, name)
        ? person.groups.filter((group) => !isSameGroup(group, name))
        : [...person.groups, name],
    }))
}
