import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

const sources = ['src-*/**/*.ts', 'src-*/**/*.vue']
const typed = [...sources, 'test/**/*.ts', '*.config.ts']
const tests = ['test/**/*.ts']

const ban = (selector, message) => ({ selector, message })

const everywhere = [
  ban(
    'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]',
    'Mail is hostile: only MessageHtml shows HTML, in a frame without scripts.',
  ),
  ban('Property[key.name="innerHTML"]', 'Mail is hostile: only MessageHtml shows HTML.'),
  ban(
    ':matches(Identifier[name="unchangedSince"], Literal[value="unchangedSince"])',
    "imapflow's unchangedSince is no compare-and-swap: it answers success when the server refused.",
  ),
]
const namedExports = ban(
  'ExportDefaultDeclaration',
  'Export by name, so that a thing has one name wherever it is used.',
)
const theDoor = ban(
  'MemberExpression[object.name=/^(window|globalThis|self)$/][property.name="copydesk"]',
  'Only src-renderer/api.ts touches window.copydesk; use api.',
)
const theBridge = ban(
  'Identifier[name="ipcMain"]',
  'Only src-main/electron/bridge.ts touches ipcMain; declare a procedure in the contract.',
)
const impure = [
  ban(
    ':matches(MemberExpression[object.name="Date"][property.name="now"], MemberExpression[object.name="performance"], NewExpression[callee.name="Date"][arguments.length=0], CallExpression[callee.name="Date"])',
    'A rule is a pure function: take the time as an argument.',
  ),
  ban(
    ':matches(MemberExpression[object.name="Math"][property.name="random"], Identifier[name=/^(crypto|randomUUID|randomBytes|getRandomValues)$/])',
    'A rule is a pure function: take ids and chance as arguments.',
  ),
]

// A later no-restricted-syntax replaces an earlier one, so each group names all that holds for it.
// The Vue rule covers the templates, which the core rule does not see.
const restrict = (...bans) => ({
  'no-restricted-syntax': ['error', ...bans.flat()],
  'vue/no-restricted-syntax': ['error', ...bans.flat()],
})

const reasons = {
  meta: { type: 'suggestion', schema: [] },
  create: (context) => ({
    Program: () => {
      for (const comment of context.sourceCode.getAllComments()) {
        if (/^\s*eslint-disable/.test(comment.value) && !/\s--\s+\S/.test(comment.value)) {
          context.report({
            loc: comment.loc,
            message: 'Say why on the same line: eslint-disable-… rule -- reason',
          })
        }
      }
    },
  }),
}

export default defineConfig(
  {
    ignores: [
      'out/',
      'dist/',
      'coverage/',
      'reports/',
      'test-results/',
      'screenshots/',
      '.stryker-tmp/',
    ],
  },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { vue, house: { rules: { 'disable-needs-reason': reasons } } },
    rules: {
      'house/disable-needs-reason': 'error',
      eqeqeq: 'error',
      'object-shorthand': 'error',
    },
  },

  {
    files: ['build/**/*.{js,mjs,cjs}'],
    // Node's globals are not declared to ESLint; running the scripts shows an unknown name.
    rules: { 'no-undef': 'off' },
  },

  {
    files: typed,
    extends: [ts.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: `${import.meta.dirname}/..`,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // async without await is how a function promises to reject instead of throwing
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
    },
  },

  {
    files: ['**/*.vue'],
    extends: [vue.configs['flat/recommended']],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      ...vue.configs['no-layout-rules'].rules,
      // vue-tsc knows the names
      'no-undef': 'off',
      'no-unused-vars': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-emits-declaration': ['error', 'type-based'],
      'vue/define-props-declaration': ['error', 'type-based'],
      'vue/no-restricted-v-bind': ['error', '/^inner-?[hH][tT][mM][lL]$/'],
      'vue/no-v-html': 'error',
      // an optional prop is undefined when absent; its type says so
      'vue/require-default-prop': 'off',
      'vue/no-unused-emit-declarations': 'error',
      'vue/no-unused-refs': 'error',
    },
  },

  // ESLint sees an imported .vue file as untyped; vue-tsc is what checks these.
  {
    files: ['src-renderer/main.ts', 'src-renderer/router.ts', 'src-renderer/**/*.vue'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },

  {
    files: sources,
    rules: {
      ...restrict(everywhere, namedExports, theDoor, theBridge),
      complexity: ['error', 16],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 100, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
    },
  },
  {
    files: ['src-renderer/**/*.vue'],
    rules: {
      ...restrict(everywhere, theDoor, theBridge),
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['src-renderer/api.ts'], rules: restrict(everywhere, namedExports, theBridge) },
  {
    files: ['src-main/electron/bridge.ts'],
    rules: restrict(everywhere, namedExports, theDoor),
  },
  {
    files: ['src-shared/rules/**/*.ts'],
    rules: restrict(everywhere, namedExports, theDoor, theBridge, impure),
  },
  // Lists, read from top to bottom: cutting them up would hide what they say.
  {
    files: [
      'src-shared/ipc/contract.ts',
      'src-renderer/locales/**/*.ts',
      'src-main/db/schema.ts',
      'src-main/db/migrations/**/*.ts',
    ],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      // TypeORM declares its options as classes and means plain objects
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },

  {
    // Rooms that have grown too large: each is to be split, and this list to become empty again.
    files: [
      'src-main/{engine,db/tickets,outbox/queueComment}.ts',
      'src-renderer/stores/composer.ts',
    ],
    rules: {
      'max-lines': ['error', { max: 370, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 165, skipBlankLines: true, skipComments: true }],
    },
  },

  {
    files: tests,
    rules: {
      ...restrict(everywhere, namedExports),
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
    },
  },
  {
    files: ['**/*.config.ts'],
    rules: { 'no-restricted-syntax': ['error', ...everywhere] },
  },
)
