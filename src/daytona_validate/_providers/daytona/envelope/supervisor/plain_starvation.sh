# How long others kept a program from running, less closely than in the supervisor of perl: of each
# thread's waiting, what the rest of the program ran meanwhile is taken off.

# Nanoseconds as hundredths of a second, in letters: not every shell counts that far.
hundredths_of() {
  case $1 in ????????*) hundredths=${1%???????} ;; *) hundredths=0 ;; esac
}

# $1: since when. Sets $kept, in hundredths of a second.
starved() {
  begun_at=$(($1 - 2)) kept=0 tasks=
  cpu
  all=$((cpu - cpu_before))
  for each in $alive; do
    { read -r line </proc/$each/stat; } 2>/dev/null || continue
    set -- ${line##*) }
    all=$((all + ${12} + ${13} + ${14} + ${15}))
    tasks="$tasks /proc/$each/task/[0-9]*"
  done
  for each in $tasks; do
    { read -r line <$each/stat && read -r ran waited line_rest <$each/schedstat; } 2>/dev/null ||
      continue
    set -- ${line##*) }
    [ ${20} -ge $begun_at ] || continue
    hundredths_of $ran
    others=$((all - hundredths))
    [ $others -gt 0 ] || others=0
    hundredths_of $waited
    [ $((hundredths - others)) -le $kept ] || kept=$((hundredths - others))
  done
}
