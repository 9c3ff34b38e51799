# One part after the other, each with its clock and its account.

my ($tasks_look_at, $disk_look_at, $waits_look_at);

# What is left of a limit and not worth another look.
my $LITTLE_S = 0.01;

# Where there is very much to look at, looking must not take the program's time: a 20th at most.
sub pause_after { my ($begun, $least_s) = @_; return now() + 20 * (now() - $begun) + $least_s }

sub met_limit {
    my $now = now();
    if (!$counts_alone && $now >= $tasks_look_at) {
        my $tasks = 0;
        $tasks += $_->{tasks} for descendants();
        return 'processes' if $tasks > $number{processes};
        $tasks_look_at = pause_after($now, 0);
    }
    if ($now >= $disk_look_at) {
        return 'disk' if is_disk_used_up();
        $disk_look_at = pause_after($now, $DISK_LOOK_S);
    }
    if ($now >= $waits_look_at) {
        look_at_waits();
        $waits_look_at = pause_after($now, $WAITS_LOOK_S);
    }
    return;
}

# Seconds that a part has left of its limit; the limit stands still while others hold the processor.
sub left_s {
    my ($wall_s, $limit_s) = @_;
    return $limit_s - $wall_s if $wall_s < $limit_s;
    look_at_waits();
    return $limit_s - ($wall_s - waited_s($wall_s));
}

sub watch {
    my ($pid, $begun, $limit_s) = @_;
    while (1) {
        reap();
        return if exists $ended{$pid};
        my $wall_s = now() - $begun;
        my $left_s = left_s($wall_s, $limit_s);
        if ($left_s <= ($wall_s < $limit_s ? 0 : $LITTLE_S)) {
            return may_have_waited($wall_s, $limit_s) ? 'starved' : 'timeout';
        }
        return 'starved' if $wall_s >= $number{standstill} * $limit_s;
        await(least($left_s, $TICK_S));
        take();
        return 'output' if is_flooding();
        my $limit = met_limit();
        return $limit if defined $limit;
    }
}

sub report {
    my ($part, $facts) = @_;
    my $text = "part $part->{stage}";
    $text .= " $_=$facts->{$_}" for sort keys %$facts;
    for my $name ('out', 'err') {
        my $kept = $stream{$name}{head} . $stream{$name}{tail};
        $text .= "\n$name $stream{$name}{total} " . length($kept) . ' :' . encoded($kept);
    }
    return "$text\n";
}

# What still lives is counted when it ends; what it used in this part belongs to this part.
sub part_cpu_s {
    my $before_s = $company_cpu_s;
    $company_cpu_s = 0;
    $company_cpu_s += $_->{cpu_s} for reap() ? descendants() : ();
    my $used_s = $cpu_s + $company_cpu_s - $before_s;
    return $used_s > 0 ? $used_s : 0;
}

sub run_part {
    my ($part, $stdin, $is_last) = @_;
    begin_streams();
    ($cpu_s, $peak_kib, %ended) = (0, 0);
    my $events = memory_events();
    my $begun = now();
    begin_waits($begun);
    ($tasks_look_at, $disk_look_at) = ($begun + $TICK_S, $begun + $DISK_LOOK_S);
    $waits_look_at = $begun + $WAITS_LOOK_S;
    my $own_kib = own_peak_kib();
    my $pid = start($part, $stdin);
    my $stopped = watch($pid, $begun, $part->{timeout_s}) || '-';
    my $wall_s = now() - $begun;
    my $waited_s = $looked_at > $waits_begun ? sprintf('%.3f', waited_s($wall_s)) : '-';
    give_up('starved', sprintf '%.1f', $waited_s) if $stopped eq 'starved';
    my $status = $ended{$pid};
    my $is_over = $is_last || $stopped ne '-' || $status;
    kill_all() if $is_over;
    1 while take();
    if ($stopped eq '-' && is_flooding()) {
        $stopped = 'output';
        kill_all();
    }
    sysread $notes, my $note, 4096;
    give_up('unbounded', encoded($note)) if defined $note && length $note;
    my $later = memory_events();
    my $is_bad = $stopped eq '-' && $status;
    my %facts = (
        code => $stopped eq '-' ? $status >> 8 : 0,
        signal => $stopped eq '-' ? $status & 127 : 0,
        stopped => $stopped,
        waited => $waited_s,
        wall => sprintf('%.6f', $wall_s),
        cpu => sprintf('%.6f', part_cpu_s()),
        # A child begins with our own memory, so that what is no more than that is only a bound.
        peak => $peak_kib > $own_kib ? $peak_kib : "<$peak_kib",
        estimated => 0,
        full => $is_bad && is_disk_full() ? 1 : 0,
        killed => $later->[0] - $events->[0],
        starved => $later->[1] - $events->[1] > 0 ? 0 : 1,
    );
    return (report($part, \%facts), $is_over || $stopped ne '-');
}

sub refuse_for_space {
    begin_streams();
    my %facts = (
        code => 0, signal => 0, stopped => 'disk', wall => '0.0', cpu => '0.0', peak => '-',
        estimated => 0, full => 0, killed => 0, starved => 0, waited => '-',
    );
    return report($parts[-1], \%facts);
}

sub runtime {
    open my $file, '<', "$path{ours}/runtime" or give_up('unready', 'runtime');
    my $line = <$file>;
    $line = '' unless defined $line;
    $line =~ s/\s+\z//;
    return encoded($line);
}

sub run_all {
    my ($count, $text) = (0, '');
    for my $part (@parts) {
        my $is_last = ++$count == @parts;
        my $has_stdin = $is_last && -s "$path{guard}/stdin";
        my $stdin = $has_stdin ? "$path{guard}/stdin" : '/dev/null';
        my ($lines, $is_over) = run_part($part, $stdin, $is_last);
        $text .= $lines;
        last if $is_over;
    }
    return ($count, $text);
}

sub main {
    my ($kind) = $Config{archname} =~ /^(x86_64|aarch64)/;
    $call = $CALLS{$kind} if $kind;
    close STDIN;
    open STDIN, '<', '/dev/null';
    close_inherited() if $call;
    $is_root = $> == 0;
    umask 022;
    %environment = (LANG => 'C.UTF-8', PATH => '/usr/local/bin:/usr/bin:/bin');
    read_data();
    give_up('unready', 'architecture') unless $call;
    # Whoever has our id may then neither read our memory nor what we have open.
    kernel('prctl', $DUMPABLE, 0, 0, 0, 0);
    kernel('prctl', $SUBREAPER, 1, 0, 0, 0);
    $SIG{$_} = 'IGNORE' for qw(HUP INT QUIT TERM PIPE USR1 USR2 ALRM);
    $SIG{CHLD} = sub { };
    # However many the program is, we must have our turn; not everywhere may root say so.
    $priority = getpriority 0, 0;
    setpriority 0, 0, $priority - 10 if $is_root;
    chown $PROGRAM_ID, $PROGRAM_ID, $path{work} if $is_root;
    my $daemon = shut_daemon_off() ? 'shut' : 'open';
    $counts_alone = has_own_users();
    $number{own_tasks} = !$is_root && $counts_alone ? own_tasks() : 0;
    $number{cpus} = cpus();
    open_streams();
    my ($count, $text) = $is_full ? (1, refuse_for_space()) : run_all();
    answer("$nonce begin " . runtime() . " $daemon\n$text$nonce end $count\n");
}

main();
