/** Completion for bash, from 4.4 on. Needs nothing but bash and awk. */

import type { Completes, Flag } from '../flags.ts';
import type { CompletionWords } from './completion.ts';
import { spellings } from './completion.ts';

/** Cuts a line into words. bash's own are cut at colons too, and know nothing of open quotes. */
const takenApart = String.raw`# The words of a line, without their quotes: in words; the quote that is still open: in quote.
_tstrace_split() {
  local line=$1 char word='' begun='' i
  words=() quote=''
  for ((i = 0; i < ${'${#line}'}; i++)); do
    char=${'${line:i:1}'}
    if [[ $quote ]]; then
      if [[ $char == "$quote" ]]; then quote=''; else word+=$char; fi
    elif [[ $char == [\'\"] ]]; then
      quote=$char begun=1
    elif [[ $char == [[:space:]] ]]; then
      [[ $begun ]] && words+=("$word")
      word='' begun=''
    else
      [[ $char == \\ ]] && char=${'${line:++i:1}'}
      word+=$char begun=1
    fi
  done
  words+=("$word")
}

`;

/** What is offered of what is known. */
const offering = String.raw`# Words with commas between them.
_tstrace_list() {
  local before=${'${current%"${current##*,}"}'}
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "$1" -- "${'${current##*,}'}")
}

_tstrace_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current")
}

_tstrace_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$@" -- "$current")
}

_tstrace_scripts() {
  _tstrace_files -f -X '!*.bt'
  mapfile -t -O "${'${#COMPREPLY[@]}'}" COMPREPLY < <(compgen -d -- "$current")
}

`;

export const bashCompletion = ({ flags, providers, builtins }: CompletionWords): string =>
  String.raw`# Completion of tstrace for bash, made by: tstrace --completion bash
# To have it in every shell, put into ~/.bashrc: source <(tstrace --completion bash)

${takenApart}# Probes that begin with a text, each behind another text.
_tstrace_probes() {
  local before=$2
  case $1 in
  *:*)
    mapfile -t COMPREPLY < <(tstrace -l "$1*" 2>/dev/null |
      begin=$1 awk 'index($0, ENVIRON["begin"]) == 1')
    # A name alone would close the quote: what can follow it goes with it.
    if [[ $before || $quote ]] && ((${'${#COMPREPLY[@]}'} == 1)); then
      COMPREPLY=("${'${COMPREPLY[0]}'} {" "${'${COMPREPLY[0]}'} /")
    fi
    ;;
  *)
    mapfile -t COMPREPLY < <(compgen -W '${providers.join(' ')}' -- "$1")
    if [[ $quote && ${'${COMPREPLY[0]-}'} == *: ]] && ((${'${#COMPREPLY[@]}'} == 1)); then
      COMPREPLY+=("${'${COMPREPLY[0]}'}*")
    fi
    ;;
  esac
  compopt -o nospace 2>/dev/null
  COMPREPLY=("${'${COMPREPLY[@]/#/$before}'}")
}

# In a program: probes outside of blocks, what can be called or read in blocks and predicates.
_tstrace_program() {
  local text=$1 opened=${'${1//[^\\{]/}'} closed=${'${1//[^\\}]/}'} last
  last=${'${text##*[[:space:],;\\}]}'}
  if ((${'${#opened}'} == ${'${#closed}'})) && [[ $last != /* ]]; then
    _tstrace_probes "$last" "${'${text%"$last"}'}"
    return
  fi
  last=${'${text##*[!A-Za-z0-9_]}'}
  [[ $last && ${'${text%"$last"}'} != *[\$@] ]] || return
  mapfile -t COMPREPLY < <(compgen -P "${'${text%"$last"}'}" -W '${builtins.join(' ')}' -- "$last")
  compopt -o nospace 2>/dev/null
}

${offering}_tstrace() {
  local words quote current previous=''
  _tstrace_split "${'${COMP_LINE:0:COMP_POINT}'}"
  current=${'${words[-1]}'}
  ((${'${#words[@]}'} > 1)) && previous=${'${words[-2]}'}
  case $current in --*=*) previous=${'${current%%=*}'} current=${'${current#*=}'} ;; esac
  COMPREPLY=()
  case $previous in
${arms(flags)}
  *)
    case $current in
    -*) _tstrace_words '${flags.flatMap(spellings).join(' ')}' ;;
    *)
      case " ${'${words[*]}'} " in
      *' -l '* | *' --list '*)
        _tstrace_probes "$current" ''
        [[ $current == *:* ]] || mapfile -t -O "${'${#COMPREPLY[@]}'}" COMPREPLY < <(compgen -f -X '!*.bt' -- "$current")
        ;;
      *) _tstrace_scripts ;;
      esac
      ;;
    esac
    ;;
  esac
  # Outside of quotes readline takes what stands behind a colon for a word of its own.
  local before=${'${current%"${current##*[:=]}"}'}
  [[ $quote || -z $before ]] || COMPREPLY=("${'${COMPREPLY[@]#"$before"}'}")
}

complete -F _tstrace tstrace
`;

const arms = (flags: readonly Flag[]): string =>
  flags
    .flatMap((flag) =>
      flag.completes === undefined ? [] : [`  ${spellings(flag).join(' | ')}) ${act(flag.completes)} ;;`],
    )
    .join('\n');

function act(completes: Completes): string {
  switch (completes.kind) {
    case 'words':
      return `${completes.listed ? '_tstrace_list' : '_tstrace_words'} '${completes.words.join(' ')}'`;
    case 'file':
      return '_tstrace_files -f';
    case 'folder':
    case 'folders':
      return '_tstrace_files -d';
    case 'command':
      return '_tstrace_files -c';
    case 'process':
      return `_tstrace_words "$(cd /proc && echo [0-9]*)"`;
    case 'program':
      return '_tstrace_program "$current"';
    case 'anything':
      return ':';
  }
}
