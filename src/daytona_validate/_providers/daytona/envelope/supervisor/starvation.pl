# How long others kept a program from running: its time limit stands still for as long.
#
# The kernel counts for each thread how long it ran, and how long it was ready to run and had no
# processor. Both together is what the program wanted, and what it ran is what it got. More than its
# processors' time nobody can want: with more threads than processors it waits for itself.
#
# Looked at again and again, as what many waited in a burst is not the whole time's.
#
# Not to be faked: a thread whose priority was lowered waits of its own will; children that nobody
# waits for are counted while they live, and wholly where the sandbox has a control group to see.
my $WAITS_LOOK_S = 0.1;
my $START_SLACK_S = 0.02;
# Of a limit, what may be left out of the account.
my $NOISE = 0.1;

my (%threads, $dead_ran_s, $threads_since, $allowed, $group_at_start_s, %idle_at_start_s);
my ($waits_begun, $looked_at, $ran_s, $delayed_s, $longest_s, $kept_s);

sub begin_waits {
    ($waits_begun) = @_;
    $looked_at = $waits_begun;
    %threads = ();
    ($dead_ran_s, $ran_s, $delayed_s, $longest_s, $kept_s, $allowed) = (0, 0, 0, 0, 0, '');
    $threads_since = clock($SINCE_BOOT) - $START_SLACK_S;
    $group_at_start_s = group_cpu_s();
    %idle_at_start_s = idle_s();
}

sub look_at_thread {
    my ($thread) = @_;
    my ($ran_ns, $waited_ns) = split ' ', line_of("/proc/$thread/schedstat");
    my ($fields) = line_of("/proc/$thread/stat") =~ /.*\) (.*)/s;
    return unless defined $waited_ns && defined $fields;
    my @field = split ' ', $fields;
    return if $field[19] / $TICKS < $threads_since;
    # Its nice value, and a policy for which the others come first.
    my $is_lowered = $field[16] > $priority || $field[38] != 0;
    my ($id) = $thread =~ /(\d+)$/;
    my $mask = "\0" x 1024;
    my $length = kernel('sched_getaffinity', $id + 0, 1024, $mask);
    $allowed |= substr $mask, 0, $length if $length > 0;
    return "$id.$field[19]" => [$ran_ns / 1e9, $is_lowered ? 0 : $waited_ns / 1e9];
}

sub look_at_waits {
    my @living = descendants();
    my (%now, $delayed_now_s);
    for my $process (@living) {
        opendir my $tasks, "/proc/$process->{pid}/task" or next;
        my @ids = grep { /^\d+$/ } readdir $tasks;
        %now = (%now, map { look_at_thread("$process->{pid}/task/$_") } @ids);
    }
    for my $id (keys %now) {
        my $waited_s = $now{$id}[1];
        $delayed_now_s += $waited_s - ($threads{$id} ? $threads{$id}[1] : 0);
        $longest_s = $waited_s if $waited_s > $longest_s;
    }
    $dead_ran_s += $threads{$_}[0] for grep { !$now{$_} } keys %threads;
    %threads = %now;
    my ($before_s, $passed_s) = ($ran_s, now() - $looked_at);
    $ran_s = most($ran_s, seen_s(), counted_s(@living), group_ran_s());
    $delayed_s += $delayed_now_s // 0;
    $kept_s += kept_s($ran_s - $before_s, $delayed_now_s // 0, $passed_s);
    $looked_at += $passed_s;
}

# What the threads ran that were there at a look.
sub seen_s {
    my $sum_s = $dead_ran_s;
    $sum_s += $_->[0] for values %threads;
    return $sum_s;
}

# What the processes ran, those that were waited for included.
sub counted_s {
    my $sum_s = $cpu_s - $company_cpu_s;
    $sum_s += $_->{cpu_s} for @_;
    return $sum_s;
}

# Processor seconds of the sandbox's own control group; that of a whole machine is none of it.
sub group_cpu_s {
    my $root = '/sys/fs/cgroup';
    return $1 / 1e6 if -e "$root/cgroup.type" && line_of("$root/cpu.stat") =~ /^usage_usec (\d+)/m;
    my $first = "$root/cpuacct/cpuacct.usage";
    return $1 / 1e9 if !-e "$root/cpuacct/release_agent" && line_of($first) =~ /^(\d+)/;
    return;
}

sub group_ran_s { return defined $group_at_start_s ? group_cpu_s() - $group_at_start_s : 0 }

# Seconds in which each processor of the machine had nothing to do.
sub idle_s {
    return map { /^cpu(\d+)(?: \d+){3} (\d+) (\d+)/ ? ($1 => ($2 + $3) / $TICKS) : () }
        split /\n/, line_of('/proc/stat');
}

# Processors that the program may fill: as its threads are bound, and as the sandbox's share allows.
sub cores {
    my $bound = $allowed ? unpack '%32b*', $allowed : 0;
    my $cores = $bound || $number{cpus};
    my $root = '/sys/fs/cgroup';
    my ($quota, $period) = line_of("$root/cpu.max") =~ /^(\d+) (\d+)/;
    ($quota) = line_of("$root/cpu/cpu.cfs_quota_us") =~ /^(\d+)/ unless $quota;
    ($period) = line_of("$root/cpu/cpu.cfs_period_us") =~ /^(\d+)/ unless $period;
    return $quota && $period ? least($cores, $quota / $period) : $cores;
}

# Seconds, of those that passed, in which others kept from running what ran and was delayed so long.
sub kept_s {
    my ($ran_s, $delayed_s, $passed_s) = @_;
    my $wanted_s = $ran_s + $delayed_s;
    my $could_s = least($wanted_s, cores() * $passed_s);
    return 0 if $could_s <= $ran_s;
    return least($wanted_s, $passed_s) * (1 - $ran_s / $could_s);
}

# The same of a part up to now. Who waits for longer than from look to look is told by the whole
# time, and by no more than one thread waited.
sub waited_s {
    my ($since_s) = @_;
    return most($kept_s, least(kept_s($ran_s, $delayed_s, $since_s), $longest_s));
}

# Whether others may have kept from running what was never there at a look, such as short commands.
sub may_have_waited {
    my ($since_s, $limit_s) = @_;
    return 0 if $ran_s - seen_s() <= $NOISE * $limit_s;
    my $others_s = -$ran_s;
    my %idle_now_s = idle_s();
    for my $processor (keys %idle_now_s) {
        next if $allowed && !vec $allowed, $processor, 1;
        $others_s += $since_s - ($idle_now_s{$processor} - ($idle_at_start_s{$processor} // 0));
    }
    return $others_s > $NOISE * $limit_s;
}
