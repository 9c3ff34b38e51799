# One part after the other, each with its clock and its account.

# The same words for whoever asked, and for whoever asks again.
answer() {
  mv "$guard/answer.new" "$guard/answer"
  cat "$guard/answer"
  exit 0
}

give_up() {
  echo "$nonce $*" >"$guard/answer.new"
  answer
}

# $1: name, $2: file
stream() {
  total=$(($(wc -c <"$2"))) kept=$n_kept
  [ $total -gt $n_kept ] || kept=$total
  echo "$1 $total $kept :$({
    if [ $kept = $total ]; then
      cat "$2"
    else
      head -c $((n_kept / 2)) "$2"
      tail -c $((n_kept - n_kept / 2)) "$2"
    fi
  } | base64 | tr -d '\n')"
}

# $1: stage, $2: milliseconds, $3: file of stdin, $4: whether it is the last, rest: argv
part() {
  stage=$1 hundredths=$((($2 + 9) / 10)) stdin=$3 is_over=$4
  seconds=$((($2 + 999) / 1000 * n_cpus + 10))
  shift 4
  rm -f "$guard/out" "$guard/err" "$guard/stopped" "$guard/unbounded"
  : >"$guard/out"
  : >"$guard/err"
  own "$guard/out"
  own "$guard/err"
  kills
  kills_before=$kills oom_before=$oom
  cpu
  cpu_before=$cpu
  now
  begun=$instant
  (become $seconds "$@") <"$stdin" >>"$guard/out" 4>>"$guard/err" &
  child=$!
  kin="$kin$child. "
  watch $hundredths >/dev/null &
  watcher=$!
  wait $child
  code=$?
  now
  wall=$((instant - begun))
  # Whoever is stopping it shall come to the end of that.
  [ -s "$guard/stopped" ] || kill $watcher
  wait $watcher
  stopped=-
  [ ! -s "$guard/stopped" ] || read -r stopped kept <"$guard/stopped"
  [ ! -s "$guard/kin" ] || read -r kin <"$guard/kin"
  kin=" $kin "
  [ $stopped = - ] && [ $code = 0 ] || is_over=yes
  [ $is_over = no ] || kill_kin
  [ ! -e "$guard/unbounded" ] || give_up unbounded :
  [ $stopped != starved ] || give_up starved "$kept"
  set -- $(wc -c "$guard/out" "$guard/err")
  if [ $stopped = - ] && [ $(($1 + $3)) -gt $n_output ]; then stopped=output is_over=yes; fi
  report >>"$guard/parts"
}

report() {
  cpu
  used=$((cpu - cpu_before))
  kills
  full=0 signal=0 starved=1
  if [ $stopped != - ]; then
    code=0
  elif [ $code != 0 ] && is_used_up; then
    full=1
  fi
  [ $code -le 128 ] || signal=$((code - 128)) code=0
  [ $oom -eq $oom_before ] || starved=0
  echo "part $stage code=$code cpu=$((used / 100)).$((used / 10 % 10))$((used % 10))" \
    "estimated=1 full=$full killed=$((kills - kills_before)) peak=- signal=$signal" \
    "starved=$starved stopped=$stopped waited=- wall=$((wall / 100)).$((wall / 10 % 10))$((wall % 10))"
  stream out "$guard/out"
  stream err "$guard/err"
}

run_parts() {
  count=0 kin=' '
  all=$(($(wc -l <"$guard/todo")))
  while read -r stage rest; do
    count=$((count + 1))
    if [ $count = $all ] && [ -s "$guard/stdin" ]; then in=$guard/stdin; else in=/dev/null; fi
    if [ $count = $all ]; then last=yes; else last=no; fi
    part "$stage" "${rest%% *}" "$in" $last ${rest#* }
    [ $is_over = no ] || break
  done <"$guard/todo"
}

# The run's own files would not fit: nothing is started.
refuse_for_space() {
  count=1
  read -r stage rest <"$guard/todo"
  echo "part $stage code=0 cpu=0.0 estimated=0 full=0 killed=0 peak=- signal=0 starved=0" \
    "stopped=disk waited=- wall=0.0"
  echo 'out 0 0 :'
  echo 'err 0 0 :'
}

# The nonce stays in this shell until all of the program is dead.
plain_run() {
  exec 2>/dev/null
  umask 022
  own "$work"
  begin_environment >"$guard/env"
  read_data
  count_machine
  if [ -n "$is_full" ]; then refuse_for_space >"$guard/parts"; else run_parts; fi
  {
    echo "$nonce begin $(head -n 1 "$ours/runtime" | base64 | tr -d '\n') open"
    cat "$guard/parts"
    echo "$nonce end $count"
  } >"$guard/answer.new"
  answer
}
