# Daytona's daemon listens in every sandbox and asks for no key: whoever reaches it has commands run
# beside us, as its user and without limits, and could write an answer in our place. So the program
# is kept from it: by a network that is only its own, or by a filter on where it may connect to.
# What was done is tried out, and not taken on trust.
my @DAEMONS_PORTS = (2280, 22220, 22222, 33333);
my ($NEW_NETWORK, $GET_FLAGS, $SET_FLAGS, $IS_UP) = (0x40000000, 0x8913, 0x8914, 1);
my ($INTERNET, $STREAM) = (2, 1);

sub at_port { my ($port) = @_; return pack 'S n C4 x8', $INTERNET, $port, 127, 0, 0, 1 }

sub reaches {
    my ($address) = @_;
    socket my $end, $INTERNET, $STREAM, 0 or return 0;
    return connect $end, $address;
}

# PostgreSQL and every program that serves itself need it.
sub raise_loopback {
    socket my $end, $INTERNET, $STREAM, 0 or return;
    my $request = pack 'a16 x24', 'lo';
    ioctl $end, $GET_FLAGS, $request or return;
    my (undef, $flags) = unpack 'a16 S', $request;
    substr $request, 16, 2, pack 'S', $flags | $IS_UP;
    ioctl $end, $SET_FLAGS, $request;
}

sub has_loopback {
    socket my $end, $INTERNET, $STREAM, 0 or return 0;
    return bind($end, at_port(0)) && listen($end, 1) && reaches(getsockname $end);
}

# For us as for the program, which so has no descriptor of the other one. Without rights over that
# it cannot go back either, nor without a way to look into a process that is still there.
sub take_own_network {
    my $name = '/proc/self/ns/net';
    my $before = readlink $name;
    open my $old, '<', $name or return 0;
    return 0 unless defined $before && kernel('unshare', $NEW_NETWORK) == 0;
    raise_loopback();
    my $after = readlink $name;
    my $is_apart = defined $after && $after ne $before && !grep { reaches(at_port($_)) } @DAEMONS_PORTS;
    return 1 if $is_apart && has_loopback();
    # A program that serves itself would fail here and nowhere else.
    kernel('setns', fileno $old, $NEW_NETWORK) == 0 or give_up('unbounded', encoded('network'));
    return 0;
}
