// The desk of the demo. Every address ends in .example, which no mail server of this world serves.

export const support = 'support@lumenhaus.example'
export const mailServer = 'mx.lumenhaus.example'
export const password = 'lumenhaus'

export const agent = { name: 'Ana Reyes', address: 'ana.reyes@lumenhaus.example', role: 'admin' }
export const colleagues = [
  { name: 'Ben Okafor', address: 'ben.okafor@lumenhaus.example', role: 'agent' },
  { name: 'Chiara Lindt', address: 'chiara.lindt@lumenhaus.example', role: 'agent' },
  { name: 'Dev Patel', address: 'dev.patel@lumenhaus.example', role: 'light' },
]
export const directory = [agent, ...colleagues]

/** `ana` → Ana Reyes */
export function findColleague(word) {
  const found = directory.find(({ name }) => name.toLowerCase().startsWith(word.toLowerCase()))
  if (!found) throw new Error(`Nobody at the desk is called ${word}`)
  return found
}

export const withAddress = ({ name, address }) => (name ? `"${name}" <${address}>` : address)

/** "Ann Lee <ann@example.org>" */
export function readPerson(text) {
  const [, name, address] = /^(.*?)\s*<([^<>\s]+@[^<>\s]+)>$/.exec(text.trim()) ?? []
  if (!address) throw new Error(`Not a name and an address: ${text}`)
  return { name, address: address.toLowerCase() }
}

export const readPeople = (text) => (text ? text.split(/,\s*(?=[^<>]*<)/).map(readPerson) : [])

/** The address without its `+token`, lower case: who a mailbox belongs to. */
export const mailboxOf = (address) => address.toLowerCase().replace(/\+[^@]*@/, '@')
