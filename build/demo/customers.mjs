// The people outside: whoever an agent writes to answers after a few seconds, to all, in the
// language of the ticket. A CC who is addressed by name answers instead of the requester.
import PostalMime from 'postal-mime'
import { setTimeout as wait } from 'node:timers/promises'
import { writeBounce, writeMail } from './mail.mjs'
import { mailboxOf, support } from './people.mjs'

const answers = {
  en: [
    'Thank you, that helps. I will try it today and come back to you.',
    'That did it. Thank you!',
  ],
  de: [
    'Vielen Dank, das hilft. Ich melde mich, sobald wir es probiert haben.',
    'Hat geklappt, danke!',
  ],
  fr: ['Merci, cela nous aide. Je vous tiens au courant.', "C'est réglé, merci beaucoup !"],
  es: ['Muchas gracias, lo probamos hoy y le digo.', 'Solucionado, ¡gracias!'],
  pt: ['Obrigado, vamos experimentar hoje.', 'Ficou resolvido, obrigado!'],
  it: ['Grazie, proviamo oggi e vi faccio sapere.', 'Risolto, grazie!'],
  ja: [
    'ありがとうございます。確認して、またご連絡いたします。',
    '解決しました。ありがとうございました。',
  ],
  ar: ['شكرًا جزيلًا، سنجرب ذلك اليوم ونعود إليكم.', 'تم الحل، شكرًا لكم.'],
  zh: ['谢谢，我们今天确认后回复您。', '已解决，谢谢！'],
  ko: ['감사합니다. 확인 후 다시 연락드리겠습니다.', '해결되었습니다. 감사합니다!'],
}
const scripts = {
  ja: /[\u3040-\u30ff]/u,
  ko: /[\uac00-\ud7af]/u,
  ar: /[\u0600-\u06ff]/u,
  zh: /[\u4e00-\u9fff]/u,
}
const words = {
  de: /\b(und|nicht|der|bitte|ist)\b/giu,
  fr: /\b(vous|le|est|merci|nous)\b/giu,
  es: /\b(los|usted|gracias|por|una)\b/giu,
  pt: /\b(não|obrigad[oa]|você|uma|os)\b/giu,
  it: /\b(grazie|sono|per|una|della)\b/giu,
  en: /\b(the|and|you|is|for)\b/giu,
}

function languageOf(text) {
  const script = Object.keys(scripts).find((language) => scripts[language].test(text))
  if (script) return script
  const counts = Object.entries(words).map(([language, word]) => [
    language,
    text.match(word)?.length ?? 0,
  ])
  return counts.reduce((best, next) => (next[1] > best[1] ? next : best), ['en', 0])[0]
}

const firstName = ({ name }) => name.split(/\s+/)[0]

function pickAuthor({ to, cc, text }) {
  const opening = text.slice(0, 60)
  const named = cc.find((person) => person.name && opening.includes(firstName(person)))
  return named ?? to[0]
}

const plainPeople = (list) => (list ?? []).map(({ name, address }) => ({ name, address }))
const ids = (text) => [...(text ?? '').matchAll(/<([^<>]+)>/g)].map(([, id]) => id)

/** What a mail says, with people as plain data. */
export async function readMail(raw) {
  const mail = await PostalMime.parse(raw)
  const field = (name) => mail.headers.find(({ key }) => key === name)?.value
  return {
    id: ids(mail.messageId)[0],
    from: { name: mail.from.name, address: mail.from.address },
    to: plainPeople(mail.to),
    cc: plainPeople(mail.cc),
    replyTo: plainPeople(mail.replyTo),
    subject: mail.subject,
    text: mail.text,
    at: Date.parse(mail.date),
    inReplyTo: ids(mail.inReplyTo),
    references: ids(mail.references),
    isAutomatic: field('auto-submitted') !== undefined,
    headers: mail.headers,
  }
}

/** An answer to all, as the mail program of `author` writes it: Reply-To for From, everybody else in Cc. */
export function answer(mail, author, text) {
  const others = [...mail.to, ...mail.cc].filter(
    ({ address }) => address !== author.address && mailboxOf(address) !== support,
  )
  const at = Date.now()
  return {
    id: `${at.toString(36)}.${author.address.split('@')[0]}@${author.address.split('@')[1]}`,
    at,
    from: author,
    to: mail.replyTo.length > 0 ? mail.replyTo : [mail.from],
    cc: others,
    subject: /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`,
    text,
    answers: mail,
    references: [...mail.references, mail.id],
  }
}

/**
 * @param {{ servers: object, delays: number[], say: (line: string) => void }} options `delays`: the
 *   shortest and the longest time to think, in ms
 * @returns {() => void} ends it
 */
export function startCustomers({ servers, delays: [least, most], say }) {
  const stopped = new AbortController()
  const turns = new Map()

  async function react({ raw, to }) {
    const mail = await readMail(raw)
    // What says that it is automatic goes to colleagues, or wants no answer.
    if (mail.isAutomatic || mailboxOf(mail.from.address) !== support) return
    const gone = to.find((address) => address.split('@')[0].includes('gone'))
    const author = pickAuthor(mail)
    if (!author) return
    await wait(least + Math.random() * (most - least), undefined, { signal: stopped.signal })
    if (gone) {
      const from = { name: 'Mail Delivery System', address: `mailer-daemon@${gone.split('@')[1]}` }
      const text = `Your message could not be delivered.\n\n${gone}: user unknown`
      const fields = { ...answer(mail, from, text), subject: mail.subject }
      servers.deliver({ from: '', author: from.address, raw: writeBounce(fields, gone) })
      say(`${gone} does not exist: a bounce is on its way back`)
    }
    if (author.address === gone) return
    const thread = mail.references[0] ?? mail.id
    const turn = turns.get(thread) ?? 0
    turns.set(thread, turn + 1)
    const text = answers[languageOf(`${mail.text} ${mail.subject}`)][Math.min(turn, 1)]
    const reply = answer(mail, author, `${text}\n\n${author.name || author.address}`)
    servers.deliver({ from: author.address, raw: await writeMail(reply) })
    say(`${author.name || author.address} answers: ${text}`)
  }

  const end = servers.onSent((mail) => {
    react(mail).catch((error) => {
      if (error.name !== 'AbortError') say(`A customer could not answer: ${error.message}`)
    })
  })
  return () => {
    end()
    stopped.abort()
  }
}
