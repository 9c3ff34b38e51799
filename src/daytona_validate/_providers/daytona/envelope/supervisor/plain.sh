# The supervisor for images without perl: the same report, from what any POSIX shell can do. Time
# and CPU are estimated, peak memory is unknown, and what leaves both its parent and its session
# between two looks gets away until the sandbox is removed.
# Lines that begin with # and indentation are not sent. $nonce, $work, $temporary, $guard and
# $ours are set, and `say` tells what is wrong, before anything here is called.

plain_ready() {
  down=
  if [ "$(id -u)" = 0 ]; then
    user='--reuid=64100 --regid=64100 --clear-groups --no-new-privs'
    if setpriv $user true; then
      down="setpriv $user"
    else
      user='--userspec=64100:64100 --groups=64100 --skip-chdir /'
      if chroot $user true; then down="chroot $user"; else say unready perl; fi
    fi
  fi
  for each in base64 head tail wc tr du sleep env setsid; do
    command -v $each >/dev/null || say unready perl
  done
  # A shell lets what it starts in the background ignore two signals.
  fresh='env -i'
  env --default-signal true && fresh='env -i --default-signal'
}

# Any token begins with a colon, so that none is empty.
decoded() {
  base64 -d <<E
${1#:}
E
}

# Hundredths of a second since the machine was started.
now() {
  read -r instant rest </proc/uptime
  instant=$((${instant%.*} * 100 + 1${instant#*.} - 100))
}

# Of all that we started and waited for, in the same unit.
cpu() {
  read -r line </proc/$$/stat
  set -- ${line##*) }
  cpu=$((${14} + ${15}))
}

kills() {
  kills=0 oom=0
  for events in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    [ -r $events ] || continue
    while read -r name value; do
      case $name in oom_kill) kills=$value ;; oom) oom=$value ;; esac
    done <$events
    case $events in *control) oom=$kills ;; esac
    return
  done
}

# Everything that descends from a part or is in its session. $kin: the parts as `pid.`, and what was
# met once as pid.start.
look() {
  alive=
  for each in /proc/[0-9]*/stat; do
    line=
    { read -r line <$each; } 2>/dev/null
    pid=${each#/proc/} pid=${pid%/stat}
    set -- ${line##*) }
    [ $# -ge 20 ] && [ "$1" != Z ] || continue
    me=$pid.${20}
    case $kin in
      *" $me "*) alive="$alive $pid" ;;
      *" $2."* | *" $4."*) kin="$kin$me " alive="$alive $pid" grown=1 ;;
    esac
  done
}

# Stopped first: what is stopped makes no more of itself.
kill_kin() {
  passes=0
  while [ $passes -lt 100 ]; do
    grown=
    look
    [ -n "$alive" ] || return 0
    if [ -n "$grown" ]; then kill -STOP $alive; else kill -KILL $alive; fi
    passes=$((passes + 1))
  done
}

is_used_up() {
  for folder in "$work" "$temporary"; do
    set -- $(du -skx "$folder")
    [ "${1:-0}" -lt $((n_disk / 1024)) ] || return 0
  done
  return 1
}

# $1: the end of its time. What it knows when it ends stands in two files.
watch() {
  while sleep 0.05 || sleep 1; do
    look
    echo "$kin" >"$guard/kin"
    now
    [ $instant -lt $1 ] || stop timeout
    set -- "$1" $(wc -c "$guard/out" "$guard/err")
    [ $(($2 + $4)) -le $n_output ] || stop output
  done
}

stop() {
  echo "$1" >"$guard/stopped"
  kill_kin
  echo "$kin" >"$guard/kin"
  exit 0
}

# $1: CPU seconds, rest: argv. In a subshell, which becomes the program.
become() {
  seconds=$1
  shift
  words="$*" file_bytes=$n_disk
  [ $n_disk -ge $n_output ] || file_bytes=$n_output
  # In /bin/sh, whose units are known; env comes last, as shells have variables of their own.
  set -- sh -c 'ulimit -c 0 && ulimit -n $1 && ulimit -f $2 && ulimit -t $3 && ulimit -d $4 &&
    ulimit -S -s 8192 && { ulimit -u $5 || ulimit -p $5; } 2>/dev/null || { : >"$6"; exit 125; }
    echo 1000 >/proc/self/oom_score_adj; umask 022; shift 6; exec "$@"' \
    sh $n_files $((file_bytes / 512 + 2048)) $seconds $n_memory_kib $n_tasks \
    "$guard/unbounded" $down $fresh
  while IFS= read -r each; do
    case $each in
      :*) value=$(decoded "$each"; echo .) value=${value%.} ;;
      *) value=${each#=} ;;
    esac
    set -- "$@" "$value"
  done <"$guard/env"
  for each in $words; do
    value=$(decoded "$each"; echo .)
    set -- "$@" "${value%.}"
  done
  cd "$work" && exec setsid "$@" 2>&4 4>&-
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
  watch $((begun + hundredths)) >/dev/null &
  watcher=$!
  wait $child
  code=$?
  now
  wall=$((instant - begun))
  # Whoever is stopping it shall come to the end of that.
  [ -s "$guard/stopped" ] || kill $watcher
  wait $watcher
  stopped=-
  [ ! -s "$guard/stopped" ] || read -r stopped <"$guard/stopped"
  [ ! -s "$guard/kin" ] || read -r kin <"$guard/kin"
  kin=" $kin "
  [ $stopped = - ] && [ $code = 0 ] || is_over=yes
  [ $is_over = no ] || kill_kin
  [ ! -e "$guard/unbounded" ] || say unbounded :
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
    "starved=$starved stopped=$stopped wall=$((wall / 100)).$((wall / 10 % 10))$((wall % 10))"
  stream out "$guard/out"
  stream err "$guard/err"
}

# Contents stand in many lines and end with a dot.
content() {
  while read -r line && [ "$line" != . ]; do
    echo "$line"
  done | base64 -d
}

own() { [ -z "$down" ] || chown 64100:64100 "$1"; }

work_file() {
  name=$(decoded "$1"; echo .)
  name=${name%.} folder=
  while :; do
    rest=${name#"$folder"}
    case $rest in */*) folder=$folder${rest%%/*}/ ;; *) break ;; esac
    [ -d "$work/$folder" ] || mkdir "$work/$folder"
    own "$work/$folder"
  done
  content >"$work/$name"
  own "$work/$name"
}

count_machine() {
  n_cpus=0
  while read -r name rest; do
    case $name in cpu[0-9]*) n_cpus=$((n_cpus + 1)) ;; esac
  done </proc/stat
  read -r first outside length </proc/self/uid_map
  # In the first user namespace other sandboxes' processes count as ours; elsewhere our own do,
  # unless the program has another id.
  n_tasks=$n_processes
  if [ "$length" = 4294967295 ]; then
    [ $n_tasks -ge 4096 ] || n_tasks=4096
  elif [ -z "$down" ]; then
    n_tasks=$((n_tasks + 8))
  fi
}

# What the run says comes later, and replaces it. `printf` is not everywhere a part of the shell,
# so that nothing is encoded here.
begin_environment() {
  echo "=HOME=$work"
  echo =LANG=C.UTF-8
  echo =PATH=/usr/local/bin:/usr/bin:/bin
  [ -r "$ours/environment" ] || return
  while IFS= read -r line; do
    case $line in [A-Za-z_]*=*) cat <<E ;; esac
=$line
E
  done <"$ours/environment"
}

read_data() {
  is_full=
  while read -r word rest; do
    case $word in
      number) eval "n_${rest% *}=${rest#* }" ;;
      env) echo "$rest" >>"$guard/env" ;;
      stdin) content >"$guard/stdin" ;;
      file) work_file "$rest" ;;
      full) is_full=yes ;;
      part) echo "$rest" >>"$guard/todo" ;;
      end) break ;;
    esac
  done <&3
  [ "$word" = end ] || say unready script
  exec 3<&-
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
    "stopped=disk wall=0.0"
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
    echo "$nonce begin $(head -n 1 "$ours/runtime" | base64 | tr -d '\n')"
    cat "$guard/parts"
    echo "$nonce end $count"
  } >"$guard/answer.new"
  mv "$guard/answer.new" "$guard/answer"
  cat "$guard/answer"
}
