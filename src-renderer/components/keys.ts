/** As this machine's keyboard names it. */
export const command = navigator.userAgent.includes('Mac') ? '⌘' : 'Ctrl'
