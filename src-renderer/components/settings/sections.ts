import {
  Bell,
  BookUser,
  Database,
  FileText,
  Mailbox,
  MonitorCheck,
  Palette,
  Scale,
  UserRound,
} from '@lucide/vue'
import type { MessageKey } from '../../i18n'

/** One page of the settings; its route is `settings-NAME`. */
export interface Section {
  readonly name: string
  readonly title: MessageKey
  readonly icon: typeof Bell
}

/** Whose settings a page holds: this desktop's, or the whole desk's. */
export const sectionGroups: readonly {
  readonly title: MessageKey
  readonly sections: readonly Section[]
}[] = [
  {
    title: 'settings.group.mine',
    sections: [
      { name: 'me', title: 'settings.me.title', icon: UserRound },
      { name: 'notifications', title: 'settings.notify.title', icon: Bell },
      { name: 'appearance', title: 'settings.look.title', icon: Palette },
      { name: 'data', title: 'settings.data.title', icon: Database },
    ],
  },
  {
    title: 'settings.group.desk',
    sections: [
      { name: 'accounts', title: 'settings.box.title', icon: Mailbox },
      { name: 'policy', title: 'settings.policy', icon: Scale },
      { name: 'directory', title: 'settings.directory', icon: BookUser },
      { name: 'devices', title: 'devices.title', icon: MonitorCheck },
      { name: 'templates', title: 'settings.template.title', icon: FileText },
    ],
  },
]
