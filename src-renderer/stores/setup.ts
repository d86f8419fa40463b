import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef } from 'vue'
import type { CheckResult, Contract } from '#shared/ipc/contract'
import type { Client } from '#shared/ipc/procedure'
import type { FoundServers } from '#shared/model/foundServers'
import { api } from '../api'
import { asProblem } from '../composables/problem'
import { accountOf, emptyForm, serverForm, type ServerForm } from '../composables/setupForm'

type Save = Parameters<Client<Contract>['setup']['save']>[0]
type DeskThere = Awaited<ReturnType<typeof api.setup.look>>
type Results = { imap: CheckResult; smtp: CheckResult }
type Busy = '' | 'find' | 'check' | 'look' | 'save'

/** How a mailbox gets connected: its servers are found, shown, tried, and only then kept. */
export const useSetupStore = defineStore('setup', () => {
  const form = reactive(emptyForm())
  const step = ref<'address' | 'servers' | 'you'>('address')
  const found = shallowRef<FoundServers | null>(null)
  const results = shallowRef<Results | null>(null)
  const desk = shallowRef<DeskThere>(null)
  const busy = ref<Busy>('')
  const problem = ref('')
  /** Servers the person has typed are theirs. */
  const isTyped = ref(false)
  const hasAgreed = ref(false)

  const foreignHosts = computed(() => {
    const { source = 'guess', foreignHosts: hosts = [] } = found.value ?? {}
    return isTyped.value || source === 'known' ? [] : hosts
  })
  const works = computed(() => results.value?.imap.isOk === true && results.value.smtp.isOk)

  async function run(name: Busy, work: () => Promise<void>): Promise<void> {
    busy.value = name
    problem.value = ''
    try {
      await work()
    } catch (error) {
      problem.value = asProblem(error).message
    } finally {
      busy.value = ''
    }
  }

  function reset(): void {
    Object.assign(form, emptyForm())
    step.value = 'address'
    found.value = null
    results.value = null
    desk.value = null
    problem.value = ''
    isTyped.value = false
    hasAgreed.value = false
  }

  function find(): Promise<void> {
    return run('find', async () => {
      const servers = await api.setup.find({ address: form.address.trim() })
      found.value = servers
      form.imap = serverForm(servers.imap)
      form.smtp = serverForm(servers.smtp)
      results.value = null
      isTyped.value = false
      hasAgreed.value = false
      step.value = 'servers'
    })
  }

  function setServer(protocol: 'imap' | 'smtp', server: ServerForm): void {
    form[protocol] = server
    isTyped.value = true
    results.value = null
  }

  /** Tries both servers; when both answer, looks whether the mailbox has a desk. */
  async function tryOut(): Promise<boolean> {
    if (foreignHosts.value.length > 0 && !hasAgreed.value) return false
    await run('check', async () => {
      results.value = await api.setup.check(accountOf(form))
    })
    return works.value
  }

  async function lookForDesk(): Promise<void> {
    if (!(await tryOut())) return
    await run('look', async () => {
      desk.value = await api.setup.look(accountOf(form))
      step.value = 'you'
    })
  }

  function save(rest: Omit<Save, 'account'> & { mailboxName?: string }): Promise<void> {
    const { mailboxName = '', ...given } = rest
    return run('save', async () => {
      await api.setup.save({ account: accountOf(form, { name: mailboxName }), ...given })
      form.password = ''
    })
  }

  function back(): void {
    problem.value = ''
    results.value = null
    step.value = step.value === 'you' ? 'servers' : 'address'
  }

  return {
    form,
    step,
    found,
    results,
    desk,
    busy,
    problem,
    foreignHosts,
    hasAgreed,
    works,
    reset,
    find,
    setServer,
    tryOut,
    lookForDesk,
    save,
    back,
  }
})
