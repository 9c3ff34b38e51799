# Whether others kept a program from running until its time was up: then nothing was judged.
#
# The kernel counts for each thread how long it was ready to run and had no processor. What all the
# rest of the program ran meanwhile is taken off: for that it waited for itself, also where the
# sandbox has a share of a processor only. What is left was other people's. It errs towards a
# time-out: threads that have ended say nothing, nor does a kernel that does not count.
my $STARVED_SHARE = 0.75;
my $START_SLACK_S = 0.02;

sub threads {
    my ($pid) = @_;
    my @found;
    opendir my $tasks, "/proc/$pid/task" or return;
    for my $thread (map { "/proc/$pid/task/$_" } grep { /^\d+$/ } readdir $tasks) {
        my ($ran_ns, $waited_ns) = split ' ', line_of("$thread/schedstat");
        my ($fields) = line_of("$thread/stat") =~ /.*\) (.*)/s;
        next unless defined $waited_ns && defined $fields;
        push @found, {
            ran_s => $ran_ns / 1e9,
            waited_s => $waited_ns / 1e9,
            started_s => (split ' ', $fields)[19] / $TICKS,
        };
    }
    return @found;
}

# Seconds for which a part was kept from running; undef if that was not most of its time.
sub starved_s {
    my ($since_s) = @_;
    my $begun = clock($SINCE_BOOT) - $since_s - $START_SLACK_S;
    my ($most_s, $ran_s, @threads) = (0, $cpu_s - $company_cpu_s);
    for my $process (descendants()) {
        $ran_s += $process->{cpu_s};
        push @threads, grep { $_->{started_s} >= $begun } threads($process->{pid});
    }
    for my $thread (@threads) {
        my $others_s = $ran_s - $thread->{ran_s};
        my $kept_s = $thread->{waited_s} - ($others_s > 0 ? $others_s : 0);
        $most_s = $kept_s if $kept_s > $most_s;
    }
    return $most_s >= $STARVED_SHARE * $since_s ? $most_s : undef;
}
