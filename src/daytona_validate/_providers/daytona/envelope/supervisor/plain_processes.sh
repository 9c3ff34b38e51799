# What was started, and how it is ended.

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

# $1: its limit. What it knows when it ends stands in two files.
watch() {
  limit=$1 end=$((begun + $1))
  while sleep 0.05 || sleep 1; do
    look
    echo "$kin" >"$guard/kin"
    now
    [ $instant -lt $end ] || stop_for_time
    set -- $(wc -c "$guard/out" "$guard/err")
    [ $(($1 + $3)) -le $n_output ] || stop output
  done
}

# The limit stands still while others hold the processor.
stop_for_time() {
  starved $begun
  left=$((limit - (instant - begun) + kept))
  [ $left -gt 1 ] || stop timeout
  longest=$((begun + n_standstill * limit))
  [ $instant -lt $longest ] || stop "starved $((kept / 100)).$((kept / 10 % 10))"
  end=$((instant + left))
  [ $end -le $longest ] || end=$longest
}

stop() {
  echo "$1" >"$guard/stopped"
  kill_kin
  echo "$kin" >"$guard/kin"
  exit 0
}
