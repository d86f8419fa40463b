import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { TooltipProvider } from 'reka-ui'
import { afterEach, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import PersonAbout from '#renderer/components/participants/PersonAbout.vue'
import { providePersonDoor } from '#renderer/composables/usePersonDoor'
import { originWords } from '#renderer/components/words'
import { speak } from '#renderer/i18n'
import type { PersonExplanation } from '#shared/ipc/contract'
import { aCc, ana, jon, maria } from '../support/samples'

let wrapper: VueWrapper
afterEach(async () => {
  wrapper.unmount()
  await speak('en')
})

const mails: PersonExplanation['mails'] = [
  { sourceId: 'c1', fate: { is: 'on-their-mail' }, sentence: '' },
  { sourceId: 'c2', fate: { is: 'skipped', because: 'internal-note' }, sentence: '' },
  {
    sourceId: 'c3',
    fate: { is: 'on-mail', kind: 'public', field: 'cc', state: 'sent', isElsewhere: false },
    sentence: '',
  },
  { sourceId: 's1', fate: { is: 'refused', kind: 'status', reply: '550 full' }, sentence: '' },
]

function show(explain: (address: string) => Promise<PersonExplanation>) {
  const participant = aCc(jon.address, {
    name: jon.name,
    origin: {
      ...{ kind: 'mail', by: maria.address, at: 1_000, messageId: 'm@x', header: 'cc' },
      because: 'first-mail',
    },
  })
  const names = new Map([maria, jon, ana].map((one) => [one.address, one.name]))
  const Host = defineComponent({
    setup: () => {
      providePersonDoor({
        explain,
        find: (id) => (id.startsWith('c') ? { at: 1_000, author: ana.address } : undefined),
      })
      return () =>
        h(TooltipProvider, () =>
          h(PersonAbout, {
            person: participant,
            why: originWords(participant.origin, names),
            names,
          }),
        )
    },
  })
  wrapper = mount(Host, { attachTo: document.body })
  return wrapper.get('button')
}

const popover = () => document.querySelector('.popover')?.textContent?.replace(/\s+/g, ' ') ?? ''

it('tells on request why somebody is here, and of each comment whether they got it', async () => {
  const asked: string[] = []
  const button = show(async (address) => {
    asked.push(address)
    return { person: [], mails }
  })
  expect(asked).toEqual([])
  await button.trigger('click')
  await flushPromises()
  expect(asked).toEqual([jon.address])
  expect(popover()).toContain('In the Cc line of Maria Lind’s mail')
  const rows = Array.from(document.querySelectorAll('[data-testid=person-mails] li'), (one) =>
    one.textContent?.replace(/\s+/g, ' ').trim(),
  )
  expect(rows).toHaveLength(4)
  expect(rows[0]).toMatch(/status.*Refused: 550 full/)
  expect(rows[1]).toMatch(/^Ana Ribeiro.*Cc · Sent$/)
  expect(rows[2]).toMatch(/Nothing sent: A note stays inside the desk\.$/)
  expect(rows[3]).toMatch(/Was on the author’s own mail$/)
})

it('says it in the language of the window', async () => {
  await speak('de')
  await show(async () => ({ person: [], mails })).trigger('click')
  await flushPromises()
  expect(popover()).toContain('Was diese Person bekommen hat')
  expect(popover()).not.toMatch(/note stays|own mail/)
})

it('says when it cannot be told', async () => {
  await show(() => Promise.reject(new Error('gone'))).trigger('click')
  await flushPromises()
  expect(document.querySelector('[data-testid=person-mails] [role=alert]')?.textContent).toContain(
    'open it again',
  )
})
