# Leaves behind a server at port 5432, as what sets up a database does.
socket my $end, 2, 1, 0 or die;
bind $end, pack 'S n C4 x8', 2, 5432, 127, 0, 0, 1 or die "bind: $!";
listen $end, 1 or die;
exit if fork;
sleep 60;
