/* Reach another host, the metadata service of a cloud, or a server on this machine.

Happens: there is no way to them: its only network is a loopback of its own.
Answer: nobody
*/
\set QUIET on
\pset tuples_only on
\pset format unaligned
CREATE TEMPORARY TABLE said (line text);
\copy said FROM PROGRAM 'for each in 169.254.169.254 1.1.1.1 10.0.0.1 example.org; do psql "host=$each port=5432 connect_timeout=2" -c "SELECT 1" 2>&1; done; true' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02')
SELECT coalesce(string_agg(line, ' '), 'nobody') FROM said
WHERE line !~ 'unreachable|could not translate host name|Is the server running on that host|^\s*$';
