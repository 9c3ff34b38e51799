# Prints what becomes of connecting to the daemon's ports, or to those given, and to one of its own.
sub reached {
    socket my $end, 2, 1, 0 or die;
    return connect($end, $_[0]) ? 'reached' : "$!";
}
print "$_ ", reached(pack 'S n C4 x8', 2, $_, 127, 0, 0, 1), "\n"
    for @ARGV ? @ARGV : (2280, 22220, 22222, 33333);
socket my $own, 2, 1, 0 or die;
bind $own, pack 'S n C4 x8', 2, 0, 127, 0, 0, 1 or die "bind: $!";
listen $own, 1 or die;
print 'own ', reached(getsockname $own), "\n";
