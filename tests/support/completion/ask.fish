# fish --no-config ask.fish LINE…: what fish offers at the end of each line, without what it says of it.
tstrace --completion fish | source
for line in $argv
    printf '== %s\n' $line
    complete -C $line | string replace -r '\t.*' ''
end
