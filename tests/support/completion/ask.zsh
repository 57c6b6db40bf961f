# zsh -f ask.zsh LINE…: what an interactive zsh, in a pseudo terminal, offers at the end of each line. Whatever its completion
# system adds is written to a file, behind it END.
zmodload zsh/zpty
folder=$(mktemp -d)
offers=$folder/offers
cat > $folder/start <<'START'
unsetopt zle_bracketed_paste prompt_cr prompt_sp beep
autoload -U compinit; compinit -u -D
source <(tstrace --completion zsh)
compadd() {
  local -a added
  builtin compadd -A added "$@"
  (( $#added )) && print -rl -- $added >> $OFFERS
  builtin compadd "$@"
}
offered() { _main_complete; print END >> $OFFERS; compstate[insert]=; compstate[list]= }
zle -C offered complete-word offered
bindkey '^I' offered
print END >> $OFFERS
START
zpty z env OFFERS=$offers PS1= zsh -f -i
# What the terminal shows must be read, or zsh waits with it.
wait_for_end() {
  local -i tries
  until [[ -e $offers && $(tail -n 1 $offers) == END ]] || (( tries++ > 300 )); do
    zpty -r -t z shown > /dev/null 2>&1
    sleep 0.05
  done
}
zpty -w z "source $folder/start"
wait_for_end
for line in "$@"; do
  : > $offers
  zpty -w -n z $'\C-u'"$line"$'\t'
  wait_for_end
  print -r -- "== $line"
  grep -v '^END$' $offers
done
zpty -d z
rm -r $folder
