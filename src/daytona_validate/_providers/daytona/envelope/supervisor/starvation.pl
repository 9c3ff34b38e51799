# How long others kept a program from running: its time limit stands still for as long.
#
# The kernel counts for each thread how long it ran, and how long it was ready to run and had no
# processor. Both together is what the program wanted, and what it ran is what it got. More than its
# processors' time nobody can want: with more threads than processors it waits for itself.
#
# Not to be faked: a thread whose priority was lowered waits of its own will; children that nobody
# waits for are counted while they live, and wholly where the sandbox has a control group to see.
my $WAITS_LOOK_S = 0.1;
my $START_SLACK_S = 0.02;

my (%threads, $dead_ran_s, $dead_waited_s, $threads_since, $allowed, $group_at_start_s);

sub begin_waits {
    (%threads, $dead_ran_s, $dead_waited_s, $allowed) = ();
    $threads_since = clock($SINCE_BOOT) - $START_SLACK_S;
    $group_at_start_s = group_cpu_s();
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
    $allowed = ($allowed // '') | substr $mask, 0, $length if $length > 0;
    return "$id.$field[19]" => [$ran_ns / 1e9, $is_lowered ? 0 : $waited_ns / 1e9];
}

# What has ended since the last look keeps what it had then.
sub look_at_waits {
    my %now;
    for my $process (descendants()) {
        opendir my $tasks, "/proc/$process->{pid}/task" or next;
        my @ids = grep { /^\d+$/ } readdir $tasks;
        %now = (%now, map { look_at_thread("$process->{pid}/task/$_") } @ids);
    }
    for my $gone (grep { !$now{$_} } keys %threads) {
        $dead_ran_s += $threads{$gone}[0];
        $dead_waited_s += $threads{$gone}[1];
    }
    %threads = %now;
}

# Processor seconds of the sandbox's own control group; that of a whole machine is none of it.
sub group_cpu_s {
    my $root = '/sys/fs/cgroup';
    return $1 / 1e6 if -e "$root/cgroup.type" && line_of("$root/cpu.stat") =~ /^usage_usec (\d+)/m;
    my $first = "$root/cpuacct/cpuacct.usage";
    return $1 / 1e9 if !-e "$root/cpuacct/release_agent" && line_of($first) =~ /^(\d+)/;
    return;
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

# Seconds of a part, of the $since_s that it has had, in which others kept it from running.
sub waited_s {
    my ($since_s) = @_;
    my ($seen_s, $waits_s) = ($dead_ran_s // 0, $dead_waited_s // 0);
    for my $thread (values %threads) {
        $seen_s += $thread->[0];
        $waits_s += $thread->[1];
    }
    my $ran_s = $cpu_s - $company_cpu_s;
    $ran_s += $_->{cpu_s} for descendants();
    $ran_s = $seen_s if $seen_s > $ran_s;
    my $group_s = defined $group_at_start_s ? group_cpu_s() - $group_at_start_s : 0;
    $ran_s = $group_s if $group_s > $ran_s;
    my $wanted_s = $ran_s + $waits_s;
    my $could_s = least($wanted_s, cores() * $since_s);
    return 0 if $could_s <= $ran_s;
    return least($wanted_s, $since_s) * (1 - $ran_s / $could_s);
}
