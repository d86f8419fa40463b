// Where the window was, kept in a small file of the profile.

import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface WindowState {
  /** Null: let the system place it. */
  readonly box: Box | null
  readonly isMaximized: boolean
}

const first: WindowState = { box: null, isMaximized: false }
// As much of the title bar as a person needs to drag it back.
const grip = 100

/** A missing, damaged or foreign file, or a screen that is gone, means a window as on the first day. */
export function readWindowState(profile: string, screens: readonly Box[]): WindowState {
  try {
    const stored: unknown = JSON.parse(readFileSync(fileIn(profile), 'utf8'))
    if (!isState(stored)) return first
    const { box } = stored
    const isVisible = box !== null && screens.some((screen) => isReachable(box, screen))
    return { box: isVisible ? box : null, isMaximized: stored.isMaximized }
  } catch {
    return first
  }
}

export function saveWindowState(profile: string, state: WindowState): void {
  const path = fileIn(profile)
  try {
    writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  } catch {
    // A full disk: the window opens elsewhere next time, that is all.
  }
}

function fileIn(profile: string): string {
  return join(profile, 'window.json')
}

function isState(value: unknown): value is WindowState {
  if (typeof value !== 'object' || value === null) return false
  const { box, isMaximized } = value as Record<string, unknown>
  return typeof isMaximized === 'boolean' && (box === null || isBox(box))
}

function isBox(value: unknown): value is Box {
  if (typeof value !== 'object' || value === null) return false
  const { x, y, width, height } = value as Record<string, unknown>
  const areWhole = [x, y, width, height].every((n) => Number.isSafeInteger(n))
  return areWhole && Number(width) >= 400 && Number(height) >= 300
}

function isReachable(box: Box, screen: Box): boolean {
  const overlap = Math.min(box.x + box.width, screen.x + screen.width) - Math.max(box.x, screen.x)
  return overlap >= grip && box.y >= screen.y && box.y <= screen.y + screen.height - grip
}
