/* Start programs from a database (`COPY ... PROGRAM`), as the database's superuser.

Happens: it may: they are in the same sandbox, nobody, and without any capability.
Answer: 65534 CapEff: 0000000000000000 NoNewPrivs: 1
*/
\set QUIET on
\pset tuples_only on
\pset format unaligned
CREATE TEMPORARY TABLE said (line text);
COPY said FROM PROGRAM $$id -u; grep -E '^(CapEff|NoNewPrivs)' /proc/self/status | tr '\t' ' '$$;
SELECT string_agg(line, ' ') FROM said;
