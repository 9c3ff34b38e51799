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

sub children {
    if (open my $file, '<', "/proc/self/task/$$/children") {
        my $line = <$file>;
        return defined $line ? split ' ', $line : ();
    }
    my $all = processes();
    return grep { $all->{$_}{parent} == $$ } keys %$all;
}

# Whoever loses its parent becomes our child, so that killing our children is killing all, however
# often they become somebody else.
sub kill_all {
    my $until = now() + $KILL_S;
    my %met;
    while (reap() && now() < $until) {
        my @left = children();
        kill 'KILL', @left;
        select undef, undef, undef, 0.0005 unless grep { !$met{$_}++ } @left;
    }
}

# Not what the kernel says of our usage: that begins with the memory of what started the shell.
sub own_peak_kib {
    open my $file, '<', '/proc/self/status' or return 0;
    while (my $line = <$file>) { return $1 if $line =~ /^VmHWM:\s+(\d+)/ }
    return 0;
}
