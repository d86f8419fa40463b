import { createRouter, createWebHashHistory, type Router } from 'vue-router'
import HeldView from './views/HeldView.vue'
import OutboxView from './views/OutboxView.vue'
import SettingsView from './views/SettingsView.vue'
import SetupView from './views/SetupView.vue'
import TicketListView from './views/TicketListView.vue'
import TicketView from './views/TicketView.vue'

export function createAppRouter(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/setup', name: 'setup', component: SetupView },
      { path: '/held', name: 'held', component: HeldView },
      { path: '/settings/:section?', name: 'settings', component: SettingsView },
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
