# What is to be known of the machine and of what happens on it.

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

is_used_up() {
  for folder in "$work" "$temporary"; do
    set -- $(du -sk "$folder")
    [ "${1:-0}" -lt $((n_disk / 1024)) ] || return 0
  done
  return 1
}
