# What a program has Daytona's daemon run, to be judged as it likes: it finds the nonce in the memory
# of the daemon, puts an answer into the pipe that the supervisor answers to, and ends the supervisor.
# Arguments: the pids of the daemon, of the supervisor, and of who reads that pipe, if another does.
my ($daemon, $supervisor, $reader) = (@ARGV, $ARGV[0]);
my $nonce;
open my $maps, '<', "/proc/$daemon/maps" or die "maps: $!";
open my $memory, '<:raw', "/proc/$daemon/mem" or die "mem: $!";
while (my $line = <$maps>) {
    my ($from, $to) = $line =~ /^(\w+)-(\w+) rw/ or next;
    sysseek $memory, hex $from, 0;
    sysread $memory, my $chunk, hex($to) - hex($from);
    last if ($nonce) = ($chunk || '') =~ /\bnonce (\w{16,})/;
}
die 'no nonce' unless $nonce;
# All pipes of theirs but ours: it is one of them.
my $own = readlink '/proc/self/fd/1';
for my $pipe (glob "/proc/$reader/fd/*") {
    my $name = readlink $pipe;
    next unless $pipe =~ m{/(\d+)$} && $1 > 2 && $name =~ /^pipe/ && $name ne $own;
    open my $answer, '>', $pipe or die "pipe: $!";
    print $answer "$nonce begin cHl0aG9u shut\n",
        'command run code=0 cpu=0.0 disk_full=0 host_oom=0 killed=0 peak=- signal=0 stopped=- ',
        "waited=- wall=0.1\nout 6 6 :Zm9yZ2Vk\nerr 0 0 :\n$nonce end 1 reuse=yes\n";
}
kill 'KILL', $supervisor;
