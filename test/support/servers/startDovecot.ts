// A private Dovecot on loopback with throw-away mailboxes. Nothing outside its directory is touched.
import { chown, mkdir, readFile, rm, appendFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  adopt,
  endProcess,
  findProgram,
  freePort,
  isRoot,
  launch,
  makeCertificate,
  removeDirectory,
  run,
  shortDirectory,
  waitForGreeting,
} from './system'

export type MailboxFormat = 'maildir' | 'sdbox'

export type Dovecot = {
  dir: string
  imapPort: number
  imapsPort: number
  lmtpPort: number
  password: string
  format: MailboxFormat
  /** PEM that a client must trust for TLS. */
  ca: string
  caFile: string
  /** Owner of mailboxes: mail written into them from outside must belong to it. */
  owner: { uid: number; gid: number }
  home: (user: string) => string
  addUser: (user: string) => Promise<void>
  doveadm: (...args: string[]) => Promise<string>
  /** What Dovecot logged. */
  log: () => Promise<string>
  /** Ends the server, keeps its mail: `start` brings it back on the same ports. */
  halt: () => Promise<void>
  start: () => Promise<void>
  stop: () => Promise<void>
}

const PACKAGES = 'dovecot-imapd dovecot-lmtpd'
const MAIL_UID = 8

type Ports = { imap: number; imaps: number; lmtp: number }

// As an ordinary user every service must run as that user, without chroot.
function serviceUsers(): string {
  if (isRoot) return ''
  const name = userInfo().username
  return `
default_internal_user = ${name}
default_internal_group = ${name}
default_login_user = ${name}
service anvil {
  chroot =
}
service imap-login {
  chroot =
}
service lmtp {
  user = ${name}
}`
}

const special = (name: string) => `
  mailbox ${name} {
    auto = subscribe
    special_use = \\${name}
  }`

const quotaOf = (room: string | undefined) =>
  room === undefined
    ? ''
    : `
mail_plugins = quota
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_grace = 0
  quota_rule = *:storage=${room}
}`

interface Kind {
  format: MailboxFormat
  quota: string | undefined
}

function configuration(
  dir: string,
  ports: Ports,
  { format, quota }: Kind,
  owner: { uid: number; gid: number },
) {
  return `
base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
${serviceUsers()}${quotaOf(quota)}
ssl = yes
ssl_cert = <${dir}/cert.pem
ssl_key = <${dir}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Lu
auth_failure_delay = 0
first_valid_uid = 1
mail_uid = ${owner.uid}
mail_gid = ${owner.gid}
mail_home = ${dir}/home/%u
mail_location = ${format}:~/${format === 'maildir' ? 'Maildir' : 'sdbox'}
mail_fsync = never
mail_max_userip_connections = 200
mailbox_list_index = yes
# News reach an idling client at once, also where inotify is missing.
mailbox_idle_check_interval = 1 s
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%Lu ${dir}/users
}
userdb {
  driver = passwd-file
  args = username_format=%Lu ${dir}/users
}
namespace inbox {
  inbox = yes
  separator = /${['Drafts', 'Sent', 'Archive', 'Junk', 'Trash'].map(special).join('')}
}
protocol lmtp {
  postmaster_address = postmaster@desk.test
}
service imap-login {
  process_min_avail = 1
  service_count = 0
  inet_listener imap {
    address = 127.0.0.1
    port = ${ports.imap}
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = ${ports.imaps}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
service imap {
  process_limit = 512
}
`
}

/** Starts a private Dovecot for `users` (full addresses, one password for all). */
export async function startDovecot({
  users,
  format = 'maildir',
  quota,
  password = 'pass',
}: {
  users: readonly string[]
  format?: MailboxFormat
  quota?: string | undefined
  password?: string
}): Promise<Dovecot> {
  const dovecot = findProgram(['/usr/sbin/dovecot', '/usr/local/sbin/dovecot'], PACKAGES)
  const doveadmFile = findProgram(['/usr/bin/doveadm', '/usr/local/bin/doveadm'], PACKAGES)
  const dir = await shortDirectory()
  const owner = isRoot
    ? { uid: MAIL_UID, gid: MAIL_UID }
    : { uid: userInfo().uid, gid: userInfo().gid }
  const ports = { imap: await freePort(), imaps: await freePort(), lmtp: await freePort() }
  const config = join(dir, 'dovecot.conf')
  const home = (user: string) => join(dir, 'home', user.toLowerCase())

  let pid = 0
  const ownedDirectory = async (path: string) => {
    await mkdir(path, { recursive: true })
    if (isRoot) await chown(path, owner.uid, owner.gid)
  }
  const addUser = async (user: string) => {
    const name = user.toLowerCase()
    await ownedDirectory(home(name))
    const line = `${name}:{PLAIN}${password}:${owner.uid}:${owner.gid}::${home(name)}::\n`
    await appendFile(join(dir, 'users'), line)
    if (pid === 0) return
    // Dovecot looks at the file again after a second or so; until then it knows no such user.
    const isKnown = () => run(doveadmFile, ['-c', config, 'user', name]).then(Boolean, () => false)
    for (let tries = 0; tries < 100 && !(await isKnown()); tries++) await delay(50)
  }

  await run('/bin/chmod', ['755', dir])
  for (const name of ['run', 'state', 'home']) await ownedDirectory(join(dir, name))
  if (isRoot) await chown(join(dir, 'run'), 0, 0)
  const { cert } = await makeCertificate(dir)
  await writeFile(join(dir, 'users'), '')
  for (const user of users) await addUser(user)
  await writeFile(config, configuration(dir, ports, { format, quota }, owner))

  const start = async () => {
    await launch(dovecot, ['-c', config], dir)
    pid = await adopt(join(dir, 'run', 'master.pid'))
    await waitForGreeting(ports.imap, '* OK')
  }
  const halt = async () => {
    if (pid !== 0) await endProcess(pid)
    pid = 0
    // A master that had to be killed leaves it, and the next one takes its number for a living process.
    await rm(join(dir, 'run', 'master.pid'), { force: true })
  }
  const log = () => readFile(join(dir, 'dovecot.log'), 'utf8').catch(() => '')

  try {
    await start()
  } catch (error) {
    const words = await log()
    await halt()
    await removeDirectory(dir)
    throw new Error(`Dovecot did not start: ${words.slice(-800)}`, { cause: error })
  }
  return {
    dir,
    imapPort: ports.imap,
    imapsPort: ports.imaps,
    lmtpPort: ports.lmtp,
    password,
    format,
    ca: await readFile(cert, 'utf8'),
    caFile: cert,
    owner,
    home,
    addUser,
    doveadm: (...args) => run(doveadmFile, ['-c', config, ...args]),
    log,
    halt,
    start,
    stop: async () => {
      await halt()
      await removeDirectory(dir)
    },
  }
}
