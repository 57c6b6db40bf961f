# bash --norc ask.bash LINE…: what the completion function offers at the end of each line.
source <(tstrace --completion bash)
for COMP_LINE in "$@"; do
  COMP_POINT=${#COMP_LINE} COMPREPLY=()
  _tstrace
  printf '== %s\n' "$COMP_LINE"
  ((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
done
