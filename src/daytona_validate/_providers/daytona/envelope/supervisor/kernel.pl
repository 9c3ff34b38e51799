# The supervisor of a run: it runs one part after the other inside a sandbox, and reports on each.
# The files of this folder are sent as one with every run, and read by perl from its stdin; what to
# run stands on descriptor 3. No module but Config is used, as the smallest installations of perl
# have no other that we could count on. Comments and indentation are not sent.
#
# Nothing that the program could read ever holds the nonce, neither argv nor environment nor a
# file, until all of the program is dead.
#
# This file: the kernel's numbers and clock, and what all files know.
use Config;

my $PROGRAM_ID = 64100;
my $TICK_S = 0.02;
my $TICKS = 100;  # of the kernel's clock for processes, in a second; the same everywhere
my $DISK_LOOK_S = 0.25;
my $KILL_S = 5;
# Where other sandboxes' processes count as ours, the kernel's bound can only be a distant one.
my $MANY_PROCESSES = 4096;
my $MIB = 1048576;
my ($WNOHANG, $NONBLOCKING, $EINTR, $ENOENT) = (1, 2048, 4, 2);

# Numbers of system calls: perl has no names for them without modules.
my %CALLS = (
    x86_64 => {
        close => 3, rt_sigprocmask => 14, wait4 => 61, setsid => 112,
        setgroups => 116, setresuid => 117, setresgid => 119, statfs => 137, prctl => 157,
        sched_getaffinity => 204, clock_gettime => 228, unshare => 272, prlimit64 => 302,
        setns => 308, bpf => 321,
    },
    aarch64 => {
        close => 57, rt_sigprocmask => 135, wait4 => 260, setsid => 157,
        setgroups => 159, setresuid => 147, setresgid => 149, statfs => 43, prctl => 167,
        sched_getaffinity => 123, clock_gettime => 113, unshare => 97, prlimit64 => 261,
        setns => 268, bpf => 280,
    },
);
my ($MONOTONIC, $SINCE_BOOT) = (1, 7);
my ($PDEATHSIG, $DUMPABLE, $NO_NEW_PRIVS, $SUBREAPER) = (1, 4, 38, 36);
my ($CPU, $FSIZE, $DATA, $STACK, $CORE, $NPROC, $NOFILE) = (0, 1, 2, 3, 4, 6, 7);

my (%number, %path, %environment, @parts, $nonce, $is_full, $is_whole);
my ($is_root, $priority, $counts_alone, $call);
my (%stream, $notes, $notes_end);
my ($cpu_s, $peak_kib, %ended);
my $company_cpu_s = 0;

# Its arguments are not copied: the kernel writes into some of them.
sub kernel { my $name = shift; return syscall $call->{$name}, @_ }

sub clock {
    my ($which) = @_;
    my $time = "\0" x 16;
    kernel('clock_gettime', $which, $time);
    my ($s, $ns) = unpack 'q2', $time;
    return $s + $ns / 1e9;
}

sub now { return clock($MONOTONIC) }

sub least { my ($one, $other) = @_; return $one < $other ? $one : $other }

sub most {
    my ($most, @others) = @_;
    for my $other (@others) { $most = $other if $other > $most }
    return $most;
}
