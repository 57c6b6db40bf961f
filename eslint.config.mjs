/** What the type checker leaves to a linter. Only rules that have caught something, or keep the twelve habits. */
import tseslint from 'typescript-eslint';

const everywhere = {
  eqeqeq: 'error',
  'no-control-regex': 'error',
  'no-debugger': 'error',
  'no-else-return': 'error',
  'no-fallthrough': 'error',
  'no-throw-literal': 'error',
  'no-unneeded-ternary': 'error',
  'no-useless-return': 'error',
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
};

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.cache', '**/*.generated.ts', 'tests/**/fixtures'] },
  { files: ['**/*.mjs'], rules: everywhere },
  {
    files: ['**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...everywhere,
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels.' },
      ],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      // A switch without a default must be complete; one with a default says that it wants only some.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  // A describe block of a test file is a list, not a function; a configuration file must export a default.
  { files: ['tests/**/*.test.ts'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
