#!/bin/sh
# Runs rclone against the server. Ends at the first failure; the trace shows which command failed.
set -eux
work=$(mktemp -d)
cd "$work"
export RCLONE_CONFIG=/dev/null RCLONE_RETRIES=1 RCLONE_LOW_LEVEL_RETRIES=1
export RCLONE_CONFIG_S3_TYPE=s3 RCLONE_CONFIG_S3_PROVIDER=Other RCLONE_CONFIG_S3_ENV_AUTH=true
export RCLONE_CONFIG_S3_ENDPOINT=$S3_ENDPOINT RCLONE_CONFIG_S3_REGION=$AWS_DEFAULT_REGION
on=s3:rclone

mkdir -p tree/sub many
printf hello > 'tree/a b+ü%.txt'
: > tree/empty
printf deep > tree/sub/deep.txt
head -c 20971520 /dev/urandom > tree/large

# A folder is uploaded and downloaded, its large file in four parts. `check` compares MD5, `--download` the bytes.
rclone mkdir "$on"
rclone copy --s3-upload-cutoff 5M --s3-chunk-size 5M tree "$on/tree"
rclone check tree "$on/tree"
rclone check --download tree "$on/tree"
rclone copy --multi-thread-cutoff 5M "$on/tree" back
diff -r tree back
[ "$(rclone cat --offset 1 --count 3 "$on/tree/a b+ü%.txt")" = ell ]
[ "$(printf streamed | rclone rcat "$on/streamed" && rclone cat "$on/streamed")" = streamed ]

# Times are metadata: rclone changes them by copying an object to itself. Unchanged files are not sent again.
touch -d 2001-02-03T04:05:06Z tree/sub/deep.txt
rclone sync --s3-upload-cutoff 5M tree "$on/tree"
[ "$(rclone lsf --format t "$on/tree/sub/deep.txt")" = '2001-02-03 04:05:06' ]
rclone sync -v tree "$on/tree" 2> again
if grep -q Copied again; then exit 1; fi

# Copies on the server, also in parts, and moves.
rclone copyto --s3-copy-cutoff 6M "$on/tree/large" "$on/large copy"
rclone moveto "$on/large copy" "$on/moved"
rm tree/empty
rclone sync tree "$on/tree"
rclone lsf -R --files-only "$on" | sort > all
printf '%s\n' moved streamed 'tree/a b+ü%.txt' tree/large tree/sub/deep.txt | sort | diff - all
rclone lsf "$on" > top
printf '%s\n' moved streamed tree/ | diff - top

# A list of more than one page.
(cd many && seq 1 1005 | xargs touch)
rclone copy --transfers 8 many "$on/many"
[ "$(rclone lsf "$on/many" | wc -l)" = 1005 ]
[ "$(rclone --s3-list-chunk 100 size "$on/many" | sed -n 's/^Total objects: *\([0-9.k]*\).*/\1/p')" = 1.005k ]

# A link that needs no key.
python3 -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())' \
  "$(rclone link "$on/streamed")" | grep -q streamed

# A wrong signature.
if AWS_SECRET_ACCESS_KEY=wrong rclone lsf "$on" 2> refused; then exit 1; fi
grep -q SignatureDoesNotMatch refused

rclone delete --checkers 8 "$on"
[ -z "$(rclone lsf "$on")" ]
rclone rmdir "$on"
