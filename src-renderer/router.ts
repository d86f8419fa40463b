import { createRouter, createWebHashHistory, type Router } from 'vue-router'
import TicketListView from './views/TicketListView.vue'

// What a start does not show comes when it is wanted; the ticket while the list is read.
const HeldView = () => import('./views/HeldView.vue')
const OutboxView = () => import('./views/OutboxView.vue')
const SettingsView = () => import('./views/SettingsView.vue')
const AccountSettings = () => import('./views/settings/AccountSettings.vue')
const AppearanceSettings = () => import('./views/settings/AppearanceSettings.vue')
const DevicesSettings = () => import('./views/settings/DevicesSettings.vue')
const DataSettings = () => import('./views/settings/DataSettings.vue')
const DirectorySettings = () => import('./views/settings/DirectorySettings.vue')
const MeSettings = () => import('./views/settings/MeSettings.vue')
const NotificationSettings = () => import('./views/settings/NotificationSettings.vue')
const PolicySettings = () => import('./views/settings/PolicySettings.vue')
const TemplateSettings = () => import('./views/settings/TemplateSettings.vue')
const SetupView = () => import('./views/SetupView.vue')
/** So that the first ticket opens without a wait. */
export const fetchTicketView = () => import('./views/TicketView.vue')

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
          { path: 'accounts', name: 'settings-accounts', component: AccountSettings },
          { path: 'templates', name: 'settings-templates', component: TemplateSettings },
          { path: 'data', name: 'settings-data', component: DataSettings },
          { path: 'directory', name: 'settings-directory', component: DirectorySettings },
          { path: 'devices', name: 'settings-devices', component: DevicesSettings },
        ],
      },
      { path: '/outbox', name: 'outbox', component: OutboxView },
      {
        path: '/tickets/:view',
        name: 'tickets',
        component: TicketListView,
        children: [{ path: ':id', name: 'ticket', component: fetchTicketView }],
      },
      { path: '/:rest(.*)*', redirect: { name: 'tickets', params: { view: 'open' } } },
    ],
  })
}
