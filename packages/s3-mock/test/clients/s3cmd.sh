#!/bin/sh
# Runs s3cmd against the server. Ends at the first failure; the trace shows which command failed.
set -eux
work=$(mktemp -d)
cd "$work"
host=${S3_ENDPOINT#http://}
{
  echo '[default]'
  echo "access_key = $AWS_ACCESS_KEY_ID"
  echo "secret_key = $AWS_SECRET_ACCESS_KEY"
  echo "host_base = $host"
  echo "host_bucket = $host"
  echo "bucket_location = $AWS_DEFAULT_REGION"
  echo 'use_https = False'
  echo 'max_retries = 1'
} > config
s3() { s3cmd --config config --no-progress "$@"; }
on=s3://s3cmd

mkdir -p tree/sub
printf hello > 'tree/a b+ü.txt'
: > tree/empty
printf deep > tree/sub/deep.txt
head -c 20971520 /dev/urandom > large

# Buckets, and objects of all sizes: the large one in four parts.
s3 mb "$on"
s3 put --mime-type text/plain --add-header 'x-amz-meta-colour: blue' 'tree/a b+ü.txt' "$on/one/"
s3 put --multipart-chunk-size-mb=5 large "$on/large"
s3 info "$on/one/a b+ü.txt" "$on/large" > info
grep -q 'MIME type: text/plain' info
grep -q 'x-amz-meta-colour: blue' info
grep -q 'File size: 20971520' info
s3 get "$on/large" large.back
cmp large large.back
printf 'hello' | cmp - tree/a*
s3 get --continue "$on/large" large.back
s3 cp --multipart-chunk-size-mb=5 "$on/large" "$on/large.copy"
s3 mv "$on/large.copy" "$on/moved"

# Tags, ACLs and metadata.
s3 settagging "$on/moved" 'a=1&b=2'
s3 gettagging "$on/moved" > tags
grep -q 'a:.*1' tags
s3 setacl --acl-public "$on/moved"
s3 modify --add-header 'x-amz-meta-k: v' "$on/moved"
s3 info "$on/moved" > info
grep -q 'anon.*READ' info
grep -q 'x-amz-meta-k: v' info

# Folders: unchanged files are not sent again, deleted files are deleted on the server.
s3 sync tree/ "$on/tree/"
s3 sync tree/ "$on/tree/" > again
if grep -q upload again; then exit 1; fi
s3 sync "$on/tree/" back/
diff -r tree back
rm tree/sub/deep.txt
s3 sync --delete-removed tree/ "$on/tree/"
s3 ls --recursive "$on" | sed "s|.*$on/||" > all
printf '%s\n' large moved 'one/a b+ü.txt' 'tree/a b+ü.txt' tree/empty | diff - all
s3 ls "$on/" > top
grep -q "DIR  *$on/tree/" top

# A URL for those without a key, in signature version 2.
url=$(s3 signurl "$on/one/a b+ü.txt" +60)
fetch() { python3 -c 'import sys, urllib.request as r; sys.stdout.buffer.write(r.urlopen(sys.argv[1]).read())' "$1"; }
fetch "$url" | cmp - tree/a*
if fetch "$(echo "$url" | sed 's/Expires=1/Expires=2/')" 2> refused; then exit 1; fi
grep -q 'HTTP Error 403' refused

# Configurations of the bucket.
cat > policy << END
{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::s3cmd/one/*"}]}
END
s3 setpolicy policy "$on"
fetch "$S3_ENDPOINT/s3cmd/one/a%20b+%C3%BC.txt" | cmp - tree/a*
s3 info "$on" > info
grep -q 'Policy:.*s3:GetObject' info
s3 delpolicy "$on"
cat > lifecycle << END
<LifecycleConfiguration><Rule><ID>old</ID><Prefix>old/</Prefix><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>
END
s3 setlifecycle lifecycle "$on"
s3 getlifecycle "$on" > kept
grep -q '<Days>1</Days>' kept
s3 dellifecycle "$on"
s3 ws-create "$on"
s3 ws-info "$on" > website
grep -q 'Index document:.*index.html' website
s3 ws-delete "$on"

# A wrong signature.
if s3cmd --config config --secret_key=wrong ls "$on" 2> refused; then exit 1; fi
grep -q SignatureDoesNotMatch refused

s3 del --recursive --force "$on"
s3 rb "$on"
