// Who may import whom: one rule per row of the table in the README. A rule forbids whatever its
// comment does not list, so a new file or package needs a decision, not a loophole.

const packages = (...names) => `node_modules/(${names.join('|')})/`
const oneOf = (...paths) => paths.join('|')
const log = '^src-main/(log|redact)\\.ts$'
const time = '^src-main/moment\\.ts$'
const host = '^src-main/host\\.ts$'
// The parts put together: engine is the desk without a door, app and cli are its two doors.
const assembly =
  '^src-main/((accountCare|announcer|app|engine|mailFrames|mailboxes|pass|passwords|secretsFile|wayOut)\\.ts$|sync/)'
const flows = ['inbox', 'outbox', 'journal']
const ui = packages('vue', 'reka-ui', '@lucide/vue', '@vueuse/core', '@tanstack/vue-virtual')
const editor = packages('@tiptap/[^/]+')
// The bundler reads it as text, so no resolver finds it under this name.
const purifierText = '^dompurify/purify\\.min\\.js\\?raw$'
const styles = '^src-renderer/styles/'
const words = '^src-renderer/i18n\\.ts$'

const only = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: typeof from === 'string' ? { path: from } : from,
  to: { pathNot: oneOf(...allowed) },
})

// Main lives in Node and may use all of it; the other worlds have no Node to use.
const onlyAndNode = (name, from, allowed, comment) => {
  const always = 'log.ts, moment.ts and Node itself always'
  const rule = only(name, from, [...allowed, log, time], `${comment} (${always})`)
  return { ...rule, to: { ...rule.to, dependencyTypesNot: ['core'] } }
}

const typesOnly = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: to, dependencyTypesNot: ['type-only'] },
})

const never = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to })

const shared = [
  only(
    'shared-model',
    '^src-shared/model/',
    ['^src-shared/model/', packages('zod')],
    'model may import zod',
  ),
  only(
    'shared-rules',
    '^src-shared/rules/',
    ['^src-shared/(rules|model)/'],
    'rules may import model; time and ids are arguments',
  ),
  only(
    'shared-ipc',
    '^src-shared/ipc/',
    ['^src-shared/(ipc|model)/', packages('zod')],
    'ipc may import model and zod',
  ),
]

const preload = [
  only(
    'preload',
    '^src-preload/',
    ['^src-preload/', '^src-shared/ipc/', packages('electron')],
    'preload may import electron, and types and channel names from src-shared/ipc',
  ),
  typesOnly(
    'preload-without-zod',
    '^src-preload/',
    '^src-shared/ipc/(?!client\\.ts$)',
    'preload may import values from src-shared/ipc/client only; all else there as types',
  ),
]

const main = [
  onlyAndNode(
    'main-db',
    '^src-main/db/',
    ['^src-main/db/', '^src-shared/', packages('typeorm', 'sqlite3', 'zod')],
    'db may import typeorm, sqlite3, zod (stored payloads are parsed here) and src-shared',
  ),
  onlyAndNode(
    'main-mail',
    '^src-main/mail/',
    [
      '^src-main/mail/',
      '^src-shared/',
      packages('imapflow', 'nodemailer', 'postal-mime', 'sanitize-html', 'iconv-lite'),
      packages('email-reply-parser', 'ical.js'),
    ],
    'mail may import the packages that speak and read mail, and src-shared',
  ),
  onlyAndNode(
    'main-tickets',
    '^src-main/tickets/',
    ['^src-main/(tickets|db)/', '^src-shared/'],
    'tickets may import db and src-shared',
  ),
  ...flows.map((flow) =>
    onlyAndNode(
      `main-${flow}`,
      `^src-main/${flow}/`,
      [`^src-main/(${flow}|tickets|db|mail)/`, '^src-shared/'],
      `${flow} may import tickets, db, mail and src-shared; flows never import each other`,
    ),
  ),
  onlyAndNode(
    'main-duties',
    '^src-main/duties/',
    ['^src-main/(duties|outbox|journal|tickets|db|mail)/', '^src-shared/'],
    'duties write mail without a person, once for all desktops: they may import outbox, journal (claims), tickets, db, mail and src-shared',
  ),
  onlyAndNode(
    'main-presence',
    '^src-main/presence/',
    ['^src-main/(presence|journal|tickets|db|mail)/', '^src-shared/'],
    'presence lies beside the journal: it may import journal (keys, folders), tickets, db, mail and src-shared',
  ),
  onlyAndNode(
    'main-ipc',
    '^src-main/ipc/',
    [
      `^src-main/(ipc|${flows.join('|')}|tickets|db)/`,
      '^src-main/(engine|host)\\.ts$',
      '^src-shared/',
    ],
    'ipc may import engine, the flows, tickets, db (reads), host and src-shared',
  ),
  never(
    'main-assembly',
    { path: assembly },
    { path: '^src-main/(electron/|index\\.ts|cli)' },
    'app and engine may import all of main except electron/ and the two entries',
  ),
  never(
    'main-engine-has-no-door',
    { path: assembly, pathNot: '^src-main/app\\.ts$' },
    { path: '^src-main/(app\\.ts|ipc/)' },
    'of the assembly only app may import ipc',
  ),
  onlyAndNode(
    'main-electron',
    '^src-main/(electron/|index\\.ts$)',
    [
      '^src-main/(electron/|(app|mail/picture)\\.ts$)',
      host,
      '^src-shared/',
      packages('electron'),
      purifierText,
    ],
    'electron/ and index may import electron, app, host, src-shared, the text of DOMPurify, and what a picture is',
  ),
  onlyAndNode(
    'main-cli',
    '^src-main/cli(\\.ts$|/)',
    [
      `^src-main/(cli|${flows.join('|')}|tickets|db)/`,
      '^src-main/(engine|secretsFile)\\.ts$',
      '^src-shared/',
      packages('zod'),
    ],
    'cli, a door like ipc, may import engine, secretsFile, the flows, tickets, db, zod and src-shared',
  ),
  onlyAndNode('main-host', host, ['^src-shared/'], 'host may import src-shared'),
  onlyAndNode('main-log', log, ['^src-shared/'], 'log may import src-shared'),
]

const renderer = [
  only(
    'renderer-ui',
    '^src-renderer/components/ui/',
    ['^src-renderer/components/ui/', words, styles, ui],
    'components/ui may import vue, interface packages and the words of the window, nothing of the domain',
  ),
  only(
    'renderer-components',
    { path: '^src-renderer/components/', pathNot: '^src-renderer/components/ui/' },
    [
      '^src-renderer/(components|composables)/',
      '^src-renderer/format\\.ts$',
      words,
      styles,
      '^src-shared/',
      ui,
      editor,
    ],
    'components may import components, composables, format, Tiptap, and types and rules of src-shared',
  ),
  only(
    'renderer-composables',
    { path: '^src-renderer/composables/', pathNot: '/useChanges\\.ts$' },
    ['^src-renderer/composables/', words, '^src-shared/', ui],
    'composables may import vue, i18n and types of src-shared',
  ),
  only(
    'renderer-use-changes',
    '^src-renderer/composables/useChanges\\.ts$',
    ['^src-renderer/composables/', '^src-renderer/api\\.ts$', '^src-shared/', ui],
    'useChanges may import vue, api and types of src-shared',
  ),
  only(
    'renderer-stores',
    '^src-renderer/stores/',
    [
      '^src-renderer/(stores|composables)/',
      '^src-renderer/(api|format)\\.ts$',
      words,
      '^src-shared/',
      packages('vue', 'pinia', '@vueuse/core'),
    ],
    'stores may import api, format, i18n, composables, other stores and src-shared',
  ),
  only(
    'renderer-views',
    '^src-renderer/views/',
    [
      '^src-renderer/(views|stores|components|composables)/',
      '^src-renderer/format\\.ts$',
      words,
      styles,
      '^src-shared/',
      ui,
      packages('vue-router', 'pinia'),
    ],
    'views may import stores, components, composables, format and types of src-shared',
  ),
  never(
    'views-do-not-import-views',
    { path: '^src-renderer/views/' },
    { path: '^src-renderer/views/[^/]+$' },
    'what two views share moves to components/; a part of one view that needs stores lies in views/parts/',
  ),
  only(
    'renderer-api',
    '^src-renderer/api\\.ts$',
    ['^src-shared/ipc/'],
    'api may import src-shared/ipc',
  ),
  only(
    'renderer-format',
    '^src-renderer/format\\.ts$',
    [words, '^src-shared/'],
    'format may import i18n and src-shared',
  ),
  only(
    'renderer-i18n',
    words,
    ['^src-renderer/locales/', '^src-shared/', packages('vue', 'vue-i18n')],
    'i18n may import the locales, vue-i18n and types of src-shared',
  ),
  only(
    'renderer-locales',
    '^src-renderer/locales/',
    ['^src-renderer/locales/', '^src-shared/rules/(explain|sayings)\\.ts$'],
    'a locale may import the type of the English one, and that of the sentences of the rules',
  ),
  typesOnly(
    'renderer-shows-shared-types',
    '^src-renderer/(components|composables|views)/',
    '^src-shared/(?!rules/|ipc/errors\\.ts$)',
    'of src-shared, what is drawn may import rules and errors; all else there as types',
  ),
  typesOnly(
    'renderer-without-contract',
    '^src-renderer/',
    '^src-shared/ipc/contract\\.ts$',
    'the renderer may import the contract as a type only, so that zod stays out of its bundle',
  ),
  never(
    'renderer-knows-no-main',
    { path: '^src-renderer/' },
    { path: '^src-(main|preload)/' },
    'the renderer may import src-shared only; everything else it asks for through api',
  ),
]

module.exports = {
  forbidden: [
    ...shared,
    ...preload,
    ...main,
    ...renderer,
    never(
      'only-electron-folder-imports-electron',
      { pathNot: '^(src-main/(electron/|index\\.ts$)|src-preload/)' },
      { path: packages('electron') },
      'electron may be imported in src-main/electron, src-main/index.ts and src-preload',
    ),
    never('no-cycles', {}, { circular: true }, 'two files in a circle are one file in two pieces'),
    never(
      'no-orphans',
      { orphan: true, pathNot: '\\.d\\.ts$' },
      {},
      'a file that nothing imports and that imports nothing is not part of the house',
    ),
    never(
      'every-file-has-a-row',
      {
        path: '^src-',
        pathNot: oneOf(
          '^src-shared/(model|rules|ipc)/',
          '^src-preload/',
          `^src-main/(db|mail|tickets|duties|presence|ipc|electron|cli|${flows.join('|')})/`,
          '^src-main/(index|cli)\\.ts$',
          ...[assembly, host, log],
          '^src-renderer/(components|composables|stores|views|styles|locales)/',
          '^src-renderer/(App\\.vue|(main|router|api|format|i18n)\\.ts)$',
        ),
      },
      {},
      'a new folder or top-level file needs a rule here that says what it may import',
    ),
    never(
      'resolvable',
      {},
      { couldNotResolve: true, pathNot: purifierText },
      'an import that cannot be resolved escapes every other rule',
    ),
    never(
      'no-tests-in-sources',
      { path: '^src-' },
      { path: '^(test|build)/' },
      'sources may import sources',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist)/' },
    // true: also see imports that exist only as types
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.vue', '.d.ts', '.json'],
    },
  },
}
