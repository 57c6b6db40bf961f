/** Completion for fish, from 3.0 on. */

import type { Completes, Flag } from '../flags.ts';
import type { CompletionWords } from './completion.ts';

export const fishCompletion = ({ flags, providers, builtins }: CompletionWords): string =>
  String.raw`# Completion of tstrace for fish, made by: tstrace --completion fish
# To have it in every shell: tstrace --completion fish > ~/.config/fish/completions/tstrace.fish

# Probes that begin with a text, each behind another text.
function __tstrace_probes
    switch $argv[1]
        case '*:*'
            printf '%s\n' $argv[2](tstrace -l "$argv[1]*" 2>/dev/null)
        case '*'
            printf '%s\n' $argv[2]{${providers.join(',')}}
    end
end

# In a program: probes outside of blocks, what can be called or read in blocks and predicates.
function __tstrace_program
    set -l text (commandline -ct | string collect | string replace -r '^[\'"]' '')
    set -l opened (string replace -ra '[^{]' '' -- "$text")
    set -l closed (string replace -ra '[^}]' '' -- "$text")
    set -l last (string replace -r '^[\s\S]*[\s,;}]' '' -- "$text")
    if test (string length -- "$opened") = (string length -- "$closed"); and not string match -q '/*' -- "$last"
        set -l before (string sub -l (math (string length -- "$text") - (string length -- "$last")) -- "$text")
        __tstrace_probes "$last" "$before"
    else
        set last (string match -r '[A-Za-z0-9_]*$' -- "$text")
        set -l before (string sub -l (math (string length -- "$text") - (string length -- "$last")) -- "$text")
        string match -qr '[$@]$' -- "$before"
        or printf '%s\n' "$before"{${builtins.join(',')}}
    end
end

# Words with commas between them.
function __tstrace_list
    set -l before (commandline -ct | string replace -r '[^,=]*$' '' | string replace -r '^--[^=]*=' '')
    printf '%s\n' "$before"$argv
end

function __tstrace_lists
    contains -- -l (commandline -opc); or contains -- --list (commandline -opc)
end

complete -c tstrace -f
complete -c tstrace -n __tstrace_lists -a '(__tstrace_probes (commandline -ct | string replace -r \'^[\\\'"]\' \'\') \'\')'
complete -c tstrace -k -a '(__fish_complete_suffix .bt)'
${flags.map(line).join('\n')}
`;

function line({ name, alias, doc, completes }: Flag): string {
  const words = [name, alias].flatMap((word) =>
    word === undefined ? [] : word.length === 1 ? [`-s ${word}`] : [`-l ${word}`],
  );
  const takes = completes === undefined ? [] : [argument(completes)];
  return ['complete -c tstrace', ...words, ...takes, `-d '${doc.replace(/[\\']/g, '\\$&')}'`].join(' ');
}

function argument(completes: Completes): string {
  switch (completes.kind) {
    case 'words':
      return completes.listed
        ? `-x -a '(__tstrace_list ${completes.words.join(' ')})'`
        : `-x -a '${completes.words.join(' ')}'`;
    case 'file':
      return '-r -F';
    case 'folder':
    case 'folders':
      return `-x -a '(__fish_complete_directories)'`;
    case 'command':
      return `-x -a '(__fish_complete_command)'`;
    case 'process':
      return `-x -a '(__fish_complete_pids)'`;
    case 'program':
      return `-x -a '(__tstrace_program)'`;
    case 'anything':
      return '-x';
  }
}
