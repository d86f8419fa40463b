// The sync in its own process, as beside a window: the built one, on a real server.
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Change } from '#shared/ipc/contract'
import type { Child, Fork } from '#main/host'
import { forkNode } from '#main/sync/forkNode'
import { rows } from '#support/feedMails'
import { generateMail } from '#support/servers/genMail'
import type { MailServer } from '#support/servers/startMailServer'
import { freshMailbox, startDesk, startDeskServer, type Desk } from '#support/startDesk'

const root = resolve(import.meta.dirname, '../../..')
// A copy of the build: another run may build again meanwhile. Beside node_modules, which it needs.
const workers = join(root, 'node_modules', '.cache', `sync-${String(process.pid)}`)
let server: MailServer

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['build/cli.mjs', 'help'], { cwd: root })
  await cp(join(root, 'out', 'main'), workers, { recursive: true })
  server = await startDeskServer()
}, 120_000)
afterAll(async () => {
  await server?.stop()
  await rm(workers, { recursive: true, force: true })
})

const mails = (count: number) =>
  [...generateMail({ count, seed: 5 })].map(({ raw, flags, receivedAt }) => ({
    raw,
    flags,
    receivedAt,
  }))

async function filledMailbox(count: number): Promise<string> {
  const mailbox = freshMailbox()
  await server.inject(mailbox, 'INBOX', mails(count))
  return mailbox
}

/** Starts processes as usual and remembers them. */
function watchedFork(): { fork: Fork; children: Child[] } {
  const children: Child[] = []
  const fork: Fork = (file, args) => {
    const child = forkNode(file, args)
    children.push(child)
    return child
  }
  return { fork, children }
}

async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 45_000
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`never: ${what}`)
    await delay(20)
  }
}

const synced = async (desk: Desk): Promise<boolean> => {
  const { accounts } = await desk.engine.activity()
  return accounts.length > 0 && accounts.every((account) => account.syncedAt !== null)
}

async function undisturbed(mailbox: string): Promise<string> {
  const desk = await startDesk({ server, mailbox })
  await desk.engine.syncOnce()
  const { digest } = await desk.engine.hash()
  await desk.stop()
  return digest
}

describe('the sync process', () => {
  it('reads the mail and tells main which tickets changed, while main writes too', async () => {
    const mailbox = await filledMailbox(600)
    const { fork, children } = watchedFork()
    const desk = await startDesk({ server, mailbox, sync: { workers, fork } })
    const heard: Change[] = []
    desk.core.db.onChange((changes) => heard.push(...changes))
    let own = 0
    await desk.engine.start()
    while (!(await synced(desk))) {
      await desk.core.db.write('test.own', (tx) =>
        tx.run(`INSERT OR REPLACE INTO setting VALUES ('test', ?)`, [String(own)]),
      )
      own += 1
    }
    const tickets = new Set(
      heard.filter((c) => c.entity === 'ticket' && c.origin === 'mail').flatMap((c) => c.ids),
    )
    const shown = await rows(desk)
    expect(shown.length).toBeGreaterThan(50)
    expect(shown.filter((row) => !tickets.has(row.id))).toEqual([])
    // Nothing of it looks like the work of a strange process: then every list would be asked for again.
    expect(heard.filter((c) => c.origin === 'remote')).toEqual([])
    expect(own).toBeGreaterThan(3)
    expect(children).toHaveLength(1)
    await desk.stop()
  })

  it('is started again when it is killed, says so, and loses nothing', async () => {
    const mailbox = await filledMailbox(600)
    const { fork, children } = watchedFork()
    const desk = await startDesk({ server, mailbox, sync: { workers, fork } })
    const problems = new Set<string>()
    desk.engine.onActivity(({ accounts }) => {
      for (const { problem } of accounts) problems.add(problem)
    })
    await desk.engine.start()
    await until('some tickets', async () => (await rows(desk)).length > 20)
    expect(await synced(desk)).toBe(false)
    children[0]?.kill()
    await until('a complete sync', () => synced(desk))
    expect([...problems].filter((problem) => problem !== '')).toEqual([
      'Reading mail stopped unexpectedly. Nothing is lost; it starts again by itself.',
    ])
    expect(children).toHaveLength(2)
    const { digest } = await desk.engine.hash()
    await desk.stop()
    expect(digest).toBe(await undisturbed(mailbox))
  })

  it('tells a pass that waits for it that it died, and the next pass works', async () => {
    const mailbox = await filledMailbox(100)
    const { fork, children } = watchedFork()
    const desk = await startDesk({ server, mailbox, sync: { workers, fork } })
    const pass = desk.engine.syncOnce()
    await until('a process', () => children.length > 0)
    children[0]?.kill()
    await expect(pass).rejects.toMatchObject({ code: 'internal' })
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 100 })
    await desk.stop()
  })

  it('does not outlive the process that started it', async () => {
    const mailbox = freshMailbox()
    const desk = await startDesk({ server, mailbox })
    await desk.engine.stop()
    const env = { ...process.env, COPYDESK_PASSWORD: 'pass' }
    const args = [join(workers, 'cli.cjs'), 'serve', '--profile', desk.profile]
    const main = execFile(process.execPath, args, { env })
    const childrenOf = (pid: number): string[] => {
      try {
        return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
          .split('\n')
          .flatMap((line) => line.trim() || [])
      } catch {
        return []
      }
    }
    const pid = main.pid ?? 0
    await until('a sync process', () => childrenOf(pid).length > 0)
    const [child = ''] = childrenOf(pid)
    process.kill(pid, 'SIGKILL')
    await until('its end', () => {
      try {
        process.kill(Number(child), 0)
        return false
      } catch {
        return true
      }
    })
    rmSync(desk.profile, { recursive: true, force: true })
  })

  it.runIf(process.getuid?.() === 0)('says that the disk is full', async (context) => {
    const mount = mkdtempSync(join(tmpdir(), 'cd-full-'))
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', mount], { stdio: 'ignore' })
    } catch {
      rmSync(mount, { recursive: true })
      context.skip('this machine allows no mounts')
    }
    const mailbox = await filledMailbox(600)
    const { fork, children } = watchedFork()
    const profile = join(mount, 'profile')
    const desk = await startDesk({ server, mailbox, profile, sync: { workers, fork } })
    try {
      await desk.engine.start()
      const problem = async () => (await desk.engine.activity()).accounts[0]?.problem ?? ''
      await until('a problem', async () => (await problem()) !== '')
      expect(await problem()).toBe(
        'The disk is full: nothing was changed. Free some space and try again.',
      )
      expect(children).toHaveLength(1)
      execFileSync('mount', ['-o', 'remount,size=200m', mount], { stdio: 'ignore' })
      desk.engine.wake()
      await until('a complete sync', () => synced(desk))
      expect((await rows(desk)).length).toBeGreaterThan(50)
    } finally {
      await desk.engine.stop()
      execFileSync('umount', ['-l', mount])
      rmSync(mount, { recursive: true, force: true })
    }
  })
})
