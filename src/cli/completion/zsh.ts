/** Completion for zsh: a function of its completion system, which wants `compinit` to have been run. */

import type { Completes, Flag } from '../flags.ts';
import type { CompletionWords } from './completion.ts';
import { spellings } from './completion.ts';

export const zshCompletion = ({ flags, providers, builtins }: CompletionWords): string =>
  String.raw`#compdef tstrace
# Completion of tstrace for zsh, made by: tstrace --completion zsh
# To have it in every shell, write it to a file _tstrace in a folder of $fpath, or put behind compinit in ~/.zshrc:
# source <(tstrace --completion zsh)

# Probes that begin with what stands before the cursor.
_tstrace_probes() {
  local -a names
  if [[ $PREFIX == *:* ]]; then
    names=(${'${(f)"$(tstrace -l "$PREFIX*" 2>/dev/null)"}'})
    compadd -a names
  else
    names=(${providers.join(' ')})
    compadd -S '' -a names
  fi
}

# In a program: probes outside of blocks, what can be called or read in blocks and predicates.
_tstrace_program() {
  local opened=${'${PREFIX//[^\\{]/}'} closed=${'${PREFIX//[^\\}]/}'}
  local -a names=(${builtins.join(' ')})
  if (( ${'${#opened}'} == ${'${#closed}'} )) && [[ ${'${PREFIX##*[[:space:],;\\}]}'} != /* ]]; then
    compset -P '*[[:space:],;\}]'
    _tstrace_probes
  else
    compset -P '*[^A-Za-z0-9_]'
    [[ $IPREFIX == *[\$@] ]] || compadd -S '' -a names
  fi
}

_tstrace_processes() {
  compadd /proc/<1->(:t)
}

_tstrace_rest() {
  if (( ${'${words[(I)-l]}'} + ${'${words[(I)--list]}'} )); then
    _tstrace_probes
    [[ $PREFIX == *:* ]] || _files -g '*.bt'
  else
    _files -g '*.bt'
  fi
}

_tstrace() {
  _arguments -s -S : \
${flags.flatMap(specs).join(' \\\n')} \
    '*: :_tstrace_rest'
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _tstrace "$@"
else
  compdef _tstrace tstrace
fi
`;

/** A line for each spelling; all of one option shut each other out, unless it may be given several times. */
function specs(flag: Flag): readonly string[] {
  const names = spellings(flag);
  const others = flag.type === 'strings' ? '*' : `(${names.join(' ')})`;
  const doc = flag.doc.replace(/[[\]:\\]/g, '\\$&').replace(/'/g, "'\\''");
  const argument = flag.completes === undefined ? '' : `:${flag.argument ?? ''}:${act(flag.completes)}`;
  return names.map((name) => {
    const takes = flag.completes === undefined ? '' : name.startsWith('--') ? '=' : '+';
    return `    '${others}${name}${takes}[${doc}]${argument}'`;
  });
}

function act(completes: Completes): string {
  switch (completes.kind) {
    case 'words':
      return completes.listed
        ? `_values -s , word ${completes.words.join(' ')}`
        : `(${completes.words.join(' ')})`;
    case 'file':
      return '_files';
    case 'folder':
    case 'folders':
      return '_files -/';
    case 'command':
      return '_command_names -e';
    case 'process':
      return '_tstrace_processes';
    case 'program':
      return '_tstrace_program';
    case 'anything':
      return ' ';
  }
}
