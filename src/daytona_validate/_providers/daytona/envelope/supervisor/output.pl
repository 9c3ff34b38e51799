# What the program writes: head and tail are kept, and all is counted.

sub open_streams {
    for my $name ('out', 'err') {
        pipe my $from, my $end or give_up('lost', 'pipe');
        fcntl $from, 4, $NONBLOCKING;
        # So that the program may open /dev/stdout.
        chown $PROGRAM_ID, $PROGRAM_ID, $end if $is_root;
        $stream{$name} = {from => $from, end => $end};
    }
    pipe $notes, $notes_end or give_up('lost', 'pipe');
    fcntl $notes, 4, $NONBLOCKING;
}

sub begin_streams {
    @$_{qw(head tail total)} = ('', '', 0) for values %stream;
}

sub feed {
    my ($to, $chunk) = @_;
    my $head = int($number{kept} / 2);
    my $tail = $number{kept} - $head;
    $to->{total} += length $chunk;
    my $room = $head - length $to->{head};
    $to->{head} .= substr $chunk, 0, $room, '' if $room > 0;
    $to->{tail} .= $chunk;
    my $excess = length($to->{tail}) - $tail;
    substr $to->{tail}, 0, $excess, '' if $excess > 0;
}

sub is_flooding { return $stream{out}{total} + $stream{err}{total} > $number{output} }

# Takes what is there; tells whether there was anything.
sub take {
    my $found = 0;
    for my $each (values %stream) {
        next if is_flooding();
        my $read = sysread $each->{from}, my $chunk, 65536;
        next unless $read;
        feed($each, $chunk);
        $found = 1;
    }
    return $found;
}

sub await {
    my ($seconds) = @_;
    my $ready = '';
    vec($ready, fileno $_->{from}, 1) = 1 for values %stream;
    select $ready, undef, undef, $seconds;
}
