# What a program has Daytona's daemon run, to be judged as it likes: it finds the nonce in the memory
# of the daemon, puts an answer into the pipe that the supervisor answers to, and ends the supervisor.
# Arguments: the daemon's pid, the supervisor's.
my ($daemon, $supervisor) = @ARGV;
my $nonce;
open my $maps, '<', "/proc/$daemon/maps" or die "maps: $!";
open my $memory, '<:raw', "/proc/$daemon/mem" or die "mem: $!";
while (my $line = <$maps>) {
    my ($from, $to) = $line =~ /^(\w+)-(\w+) rw/ or next;
    sysseek $memory, hex $from, 0;
    sysread $memory, my $chunk, hex($to) - hex($from);
    last if ($nonce) = ($chunk || '') =~ /\bnonce=(\w{16,})/;
}
die 'no nonce' unless $nonce;
# The pipe through which the supervisor's answer comes, and not ours.
my $own = readlink '/proc/self/fd/1';
my ($pipe) = grep {
    my $name = readlink;
    m{/(\d+)$} && $1 > 2 && $name =~ /^pipe/ && $name ne $own
} glob "/proc/$daemon/fd/*" or die 'no pipe';
open my $answer, '>', $pipe or die "pipe: $!";
print $answer "$nonce begin cHl0aG9u shut\n",
    "part run code=0 cpu=0.0 estimated=0 full=0 killed=0 peak=- signal=0 starved=0 stopped=- waited=- wall=0.1\n",
    "out 6 6 :Zm9yZ2Vk\nerr 0 0 :\n$nonce end 1\n";
close $answer;
kill 'KILL', $supervisor;
