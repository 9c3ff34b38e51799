/* Fill the disk: 1 GiB of files in every folder that it may write to.

Happens: there is room for `disk_mib`, and it is ended for its disk or its memory.
Ends: disk_limit memory_limit
*/
CREATE TABLE rows (line text);
ALTER TABLE rows ALTER COLUMN line SET STORAGE EXTERNAL;
INSERT INTO rows SELECT repeat('x', 1000000) FROM generate_series(1, 1024);
COPY rows TO '/work/full';
COPY rows TO '/tmp/full';
COPY rows TO '/dev/shm/full';
