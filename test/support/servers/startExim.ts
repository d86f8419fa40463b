// A private Exim on loopback: a real MTA with queue, retries and bounces of its own. Local domains go
// to Dovecot by LMTP, unknown local users are refused at RCPT, other domains end in a Maildir.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { Dovecot } from './startDovecot'
import {
  adopt,
  endProcess,
  findProgram,
  freePort,
  isRoot,
  launch,
  removeDirectory,
  run,
  shortDirectory,
  waitForGreeting,
} from './system'

export type Exim = {
  dir: string
  /** Submission and delivery, with STARTTLS and AUTH. */
  smtpPort: number
  /** The same with TLS from the first byte. */
  smtpsPort: number
  /** Maildir of all mail for domains that are not local. */
  outbox: string
  /** The ids of mails in the queue. */
  queue: () => Promise<string>
  /** Tries every queued mail now. */
  flush: () => Promise<void>
  log: () => Promise<string>
  halt: () => Promise<void>
  start: () => Promise<void>
  stop: () => Promise<void>
}

// A client that calls itself `dmarc-pass.test` (fail, none) gets the Authentication-Results that a
// checking relay would have added: tests say what they need by their EHLO name.
const CHECKED = 'dmarc-(pass|fail|none)'

function configuration(
  dir: string,
  user: string,
  domains: readonly string[],
  ports: { smtp: number; smtps: number },
  dovecot: Dovecot,
) {
  const owner = domains[0] ?? 'desk.test'
  return `
primary_hostname = mx.${owner}
domainlist local_domains = ${domains.join(' : ')}
exim_user = ${user}
exim_group = ${user}
spool_directory = ${dir}/spool
log_file_path = ${dir}/log/%slog
pid_file_path = ${dir}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${ports.smtp} : ${ports.smtps}
tls_on_connect_ports = ${ports.smtps}
deliver_drop_privilege = true
never_users =
host_lookup =
rfc1413_query_timeout = 0s
message_size_limit = 50M
acl_smtp_rcpt = rcpt
acl_smtp_data = data
tls_advertise_hosts = *
tls_certificate = ${dir}/tls/cert.pem
tls_privatekey = ${dir}/tls/key.pem
keep_environment =
add_environment =
disable_ipv6 = true
queue_run_max = 5
remote_max_parallel = 1
smtp_accept_queue_per_connection = 0
smtp_accept_max = 0
smtp_accept_max_per_connection = 0
bounce_return_size_limit = 100K
begin acl
rcpt:
  require domains = \${if def:authenticated_id {*}{+local_domains}}
          message = relay not permitted
  deny    domains = +local_domains
          !verify = recipient/callout=5s,no_cache
          message = 5.1.1 no such user
  accept
data:
  warn condition = \${if match{$sender_helo_name}{^${CHECKED}}}
       add_header = :at_start:Authentication-Results: mx.${owner};\\n\\tdmarc=\${sg{$sender_helo_name}{^${CHECKED}.*\\$}{\\$1}} header.from=\${domain:\${address:$h_From:}};\\n\\tspf=\${sg{$sender_helo_name}{^${CHECKED}.*\\$}{\\$1}} smtp.mailfrom=$sender_address
  accept
begin routers
desk:
  driver = manualroute
  domains = +local_domains
  transport = lmtp
  route_list = * 127.0.0.1 byname
  self = send
away:
  driver = accept
  transport = outbox
begin transports
lmtp:
  driver = smtp
  protocol = lmtp
  port = ${dovecot.lmtpPort}
  hosts_avoid_tls = *
  allow_localhost
outbox:
  driver = appendfile
  maildir_format
  directory = ${dir}/outbox
  create_directory
  envelope_to_add
  return_path_add
  user = ${user}
  group = ${user}
begin retry
*  *  F,2m,2s; F,1h,1m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{match_domain{\${domain:$auth2}}{+local_domains}}{eq{$auth3}{${dovecot.password}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = \${if and{{match_domain{\${domain:$auth1}}{+local_domains}}{eq{$auth2}{${dovecot.password}}}}}
  server_set_id = $auth1
`
}

/** Starts a private Exim that delivers `domains` into `dovecot`. */
export async function startExim({
  dovecot,
  domains,
}: {
  dovecot: Dovecot
  domains: readonly string[]
}): Promise<Exim> {
  const exim = findProgram(['/usr/sbin/exim4', '/usr/sbin/exim'], 'exim4-daemon-light')
  const user = isRoot ? 'Debian-exim' : userInfo().username
  const dir = await shortDirectory()
  const config = join(dir, 'exim.conf')
  const ports = { smtp: await freePort(), smtps: await freePort() }
  for (const name of ['spool', 'log', 'outbox', 'tls']) await mkdir(join(dir, name))
  for (const name of ['cert.pem', 'key.pem']) {
    await writeFile(join(dir, 'tls', name), await readFile(join(dovecot.dir, name)))
  }
  await writeFile(config, configuration(dir, user, domains, ports, dovecot))
  await run('/bin/chmod', ['755', dir])
  // Exim refuses a configuration that anybody but root or itself could have written.
  await run('/bin/chmod', ['644', config])
  if (isRoot) {
    const paths = ['spool', 'log', 'outbox', 'tls'].map((name) => join(dir, name))
    await run('/bin/chown', ['-R', `${user}:`, ...paths])
  }

  let pid = 0
  const log = () => readFile(join(dir, 'log', 'mainlog'), 'utf8').catch(() => '')
  const start = async () => {
    await launch(exim, ['-C', config, '-bd', '-q2s'], dir)
    pid = await adopt(join(dir, 'exim.pid'))
    await waitForGreeting(ports.smtp, '220')
  }
  const halt = async () => {
    if (pid !== 0) await endProcess(pid)
    pid = 0
  }
  try {
    await start()
  } catch (error) {
    const words = await log()
    await halt()
    await removeDirectory(dir)
    throw new Error(`Exim did not start: ${words.slice(-800)}`, { cause: error })
  }
  return {
    dir,
    smtpPort: ports.smtp,
    smtpsPort: ports.smtps,
    outbox: join(dir, 'outbox'),
    queue: () => run(exim, ['-C', config, '-bp']),
    flush: async () => {
      await run(exim, ['-C', config, '-qff'])
    },
    log,
    halt,
    start,
    stop: async () => {
      await halt()
      await removeDirectory(dir)
    },
  }
}
