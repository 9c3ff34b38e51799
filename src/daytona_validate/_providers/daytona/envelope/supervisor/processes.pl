# What was started: its end, what it used, and how it is ended.

sub reap {
    while (1) {
        my ($status, $usage) = ("\0" x 4, "\0" x 144);
        my $pid = kernel('wait4', -1, $status, $WNOHANG, $usage);
        return $pid == 0 if $pid <= 0;
        my ($user_s, $user_us, $system_s, $system_us, $kib) = unpack 'q5', $usage;
        $cpu_s += $user_s + $system_s + ($user_us + $system_us) / 1e6;
        $peak_kib = $kib if $kib > $peak_kib;
        $ended{$pid} = unpack 'l', $status;
    }
}

# Stopped first, for what is stopped makes no more of itself: a pass that meets nobody new has met
# all. As we adopt every orphan below us, none of them can get away.
sub kill_all {
    my $until = now() + $KILL_S;
    my %met;
    while (reap() && now() < $until) {
        my @left = map { $_->{pid} } descendants();
        my @new = grep { !$met{$_}++ } @left;
        if (@new) { kill 'STOP', @new }
        else { kill 'KILL', @left; select undef, undef, undef, 0.001 }
    }
}

# Not what the kernel says of our usage: that begins with the memory of what started the shell.
sub own_peak_kib {
    open my $file, '<', '/proc/self/status' or return 0;
    while (my $line = <$file>) { return $1 if $line =~ /^VmHWM:\s+(\d+)/ }
    return 0;
}
