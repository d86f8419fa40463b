import { createRouter, createWebHashHistory, type Router } from 'vue-router'
import HeldView from './views/HeldView.vue'
import OutboxView from './views/OutboxView.vue'
import SettingsView from './views/SettingsView.vue'
import AppearanceSettings from './views/settings/AppearanceSettings.vue'
import DirectorySettings from './views/settings/DirectorySettings.vue'
import MeSettings from './views/settings/MeSettings.vue'
import NotificationSettings from './views/settings/NotificationSettings.vue'
import PolicySettings from './views/settings/PolicySettings.vue'
import SetupView from './views/SetupView.vue'
import TicketListView from './views/TicketListView.vue'
import TicketView from './views/TicketView.vue'

export function createAppRouter(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/setup', name: 'setup', component: SetupView },
      { path: '/held', name: 'held', component: HeldView },
      {
        path: '/settings',
        name: 'settings',
        component: SettingsView,
        redirect: { name: 'settings-me' },
        children: [
          { path: 'me', name: 'settings-me', component: MeSettings },
          {
            path: 'notifications',
            name: 'settings-notifications',
            component: NotificationSettings,
          },
          { path: 'appearance', name: 'settings-appearance', component: AppearanceSettings },
          { path: 'policy', name: 'settings-policy', component: PolicySettings },
          { path: 'directory', name: 'settings-directory', component: DirectorySettings },
        ],
      },
      { path: '/outbox', name: 'outbox', component: OutboxView },
      {
        path: '/tickets/:view',
        name: 'tickets',
        component: TicketListView,
        children: [{ path: ':id', name: 'ticket', component: TicketView }],
      },
      { path: '/:rest(.*)*', redirect: { name: 'tickets', params: { view: 'open' } } },
    ],
  })
}
