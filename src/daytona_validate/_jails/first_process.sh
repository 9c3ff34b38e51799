# The first process of every jail: it sets its rlimits, runs one command after the other as its
# child, and exits as the last one did. A program that were pid 1 itself would ignore its own
# SIGTERM and SIGABRT, and with bubblewrap's reaper its CPU time would be lost (seen in 0.11).
#
# Arguments: the file that is the stdin of the last command; open files, file blocks, CPU seconds,
# data KiB, stack KiB soft and hard, processes, blocks of a core; then the commands, each quoted for
# this shell.
# Stdin is a socket to us, which nobody else in the jail can open. We send a line before each
# command, so that we can tell their output and time apart, and so that nothing starts if we are
# gone: bubblewrap's own gate also opens when our end closes, and only behind it does the jail die
# with bubblewrap (0.11). The other way go `unbounded`, `next`, or the free space at a bad end.
#
# `first_process.py` sends this without comments and indentation.

# 3: the socket; 4: stderr for commands only, as this shell's remarks ("Killed") are not theirs.
# 9 is the user namespace that was joined, if one was.
exec 3>&0 4>&2 9>&- </dev/null 2>/dev/null

ulimit -n $2 && ulimit -f $3 && ulimit -t $4 && ulimit -d $5 &&
    ulimit -S -s $6 && ulimit -H -s $7 &&
    # -u: processes in bash; -p in dash and busybox (in bash that is a pipe's size).
    { ulimit -u $8 || ulimit -p $8; } &&
    # Set from outside it is 1 byte, which no shell can say, and which a soft 0 would undo.
    { [ $9 = unlimited ] || ulimit -c $9; } ||
    { echo unbounded >&3; exit 125; }

# Underscored, as a variable of that name in the jail's environment would be changed.
_last_stdin=$1
shift 9
_code=125
# Keeps the program's exit code if `stat` cannot be forked.
trap 'exit $_code' EXIT
# The kernel keeps from a pid 1 the signals that it does not handle; for its EXIT trap a shell
# handles some (dash SIGINT, bash all that would end it).
_ignored='HUP INT QUIT PIPE ALRM TERM USR1 USR2 VTALRM'
trap '' $_ignored

while read -r _command <&3; do
    _command=$1
    shift
    _stdin=/dev/null
    [ $# != 0 ] || _stdin=$_last_stdin
    # In a subshell, as dash would redirect itself for the time of a plain command.
    ( trap - $_ignored; exec <$_stdin 2>&4 3>&- 4>&-; eval "exec $_command" )
    _code=$?
    [ $_code = 0 ] && [ $# != 0 ] || break
    echo next >&3
    _code=125
done

[ $_code = 0 ] || stat -f -c %a /work /tmp >&3
exit $_code
