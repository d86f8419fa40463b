import { t } from '../i18n'

/** The desk's groups to choose from, or none; one that has lost its last member stays until another is chosen. */
export function groupChoices(
  groups: readonly string[],
  own: string | null,
): { value: string; label: string }[] {
  const names = new Set([...groups, ...(own === null ? [] : [own])])
  return [
    { value: '', label: t('sidebar.noGroup') },
    ...[...names].map((name) => ({ value: name, label: name })),
  ]
}
