/* Take 1 GiB of memory that the language does not count, under a limit of 256 MiB.

Happens: it is ended for its memory.
Ends: memory_limit
*/
SET work_mem = '2GB';
SET hash_mem_multiplier = 10;
SELECT count(*) FROM (SELECT array_agg(repeat('x', 1000) || n) AS held
                      FROM generate_series(1, 1000000) AS n GROUP BY n % 7) AS each
WHERE array_length(held, 1) > 0;
