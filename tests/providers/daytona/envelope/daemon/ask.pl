# A program that fails, and asks Daytona's daemon to have it pass.
use Cwd;
my $supervisor = getppid;
my $body = '{"command": "unset PERL5OPT; LC_ALL=C perl ' . getcwd() . '/forge.pl $PPID ' . $supervisor . '"}';
socket my $end, 2, 1, 0 or die;
connect $end, pack 'S n C4 x8', 2, 2280, 127, 0, 0, 1 or print("$!\n"), exit 1;
syswrite $end, "POST /process/execute HTTP/1.0\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
print while <$end>;
exit 1;
