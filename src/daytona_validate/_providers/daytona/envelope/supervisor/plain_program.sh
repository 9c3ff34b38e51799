# From a subshell to the program: bounds, identity, environment.

# $1: CPU seconds, rest: argv. In a subshell, which becomes the program.
become() {
  seconds=$1
  shift
  words="$*" file_bytes=$n_disk
  [ $n_disk -ge $n_output ] || file_bytes=$n_output
  # In /bin/sh, whose units are known; env comes last, as shells have variables of their own.
  set -- sh -c 'ulimit -c 0 && ulimit -n $1 && ulimit -f $2 && ulimit -t $3 && ulimit -d $4 &&
    ulimit -S -s 8192 && { ulimit -u $5 || ulimit -p $5; } 2>/dev/null || { : >"$6"; exit 125; }
    { echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null; umask 022; shift 6; exec "$@"' \
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
